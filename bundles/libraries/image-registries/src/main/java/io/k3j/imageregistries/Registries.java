package io.k3j.imageregistries;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What `registries.yaml` says, checked: which endpoints a registry has and how hosts are reached. Immutable; any
/// thread. Rules: <https://docs.k3s.io/installation/private-registry>.
public final class Registries {
    /// The entry for all registries that have none of their own.
    static final String ANY = "*";
    private static final Pattern PLACE = Pattern.compile("line [0-9]+, column [0-9]+");
    private final Map<String, List<RegistryEndpoint>> mirrors = new LinkedHashMap<>();
    private final Map<String, HostAccess> configs = new LinkedHashMap<>();
    private final List<String> ignored = new ArrayList<>();
    private final boolean fallback;

    private Registries(boolean fallback) {
        this.fallback = fallback;
    }

    /// Without any entry.
    static Registries none() {
        return new Registries(true);
    }

    /// @param yaml the content; empty is none
    /// @param fallback whether a registry itself is asked after its mirrors
    /// @throws MalformedInput that names all that is wrong, without secrets
    static Registries parse(byte[] yaml, boolean fallback) {
        Registries all = new Registries(fallback);
        Object value = value(yaml);
        if (value == Null.NULL) {
            return all;
        }
        if (!(value instanceof Struct document)) {
            throw new MalformedInput("mirrors and configs are expected at the top");
        }
        List<String> wrong = new ArrayList<>();
        all.passedOver("", document, Set.of("mirrors", "configs"));
        YamlFields.mapping(document, "mirrors").forEach((host, mirror) -> attempt(wrong, "mirrors", host,
                () -> all.mirrors.put(host, all.mirror(host, YamlFields.mapping("it", mirror)))));
        YamlFields.mapping(document, "configs").forEach((host, config) -> attempt(wrong, "configs", host,
                () -> all.configs.put(host, all.access(host, YamlFields.mapping("it", config)))));
        if (!wrong.isEmpty()) {
            throw new MalformedInput(String.join("; ", wrong));
        }
        return all;
    }

    /// The parser's message quotes the line, which may hold a password.
    private static Object value(byte[] yaml) {
        try {
            return Yaml.written(yaml);
        } catch (MalformedInput e) {
            Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
            throw new MalformedInput("it is no valid YAML" + (place.find() ? " at " + place.group() : ""));
        }
    }

    private static void attempt(List<String> wrong, String part, String host, Runnable reading) {
        try {
            if (!named(host)) {
                throw new MalformedInput("is no host name");
            }
            reading.run();
        } catch (MalformedInput e) {
            wrong.add(part + ".\"" + host + "\": " + e.getMessage());
        }
    }

    /// Host names become names of directories.
    private static boolean named(String host) {
        return host.equals(ANY) || !host.isEmpty() && host.length() <= 255 && !host.startsWith(".")
                && host.chars().allMatch(c -> Character.isLetterOrDigit(c) || ".-_:[]".indexOf(c) >= 0);
    }

    /// The endpoints of one entry, without the default one: that is asked last, by its own names.
    private List<RegistryEndpoint> mirror(String host, Struct mirror) {
        passedOver("mirrors.\"" + host + "\".", mirror, Set.of("endpoint", "rewrite"));
        List<RepositoryRewrite> rewrites = new ArrayList<>();
        YamlFields.mapping(mirror, "rewrite").forEach((pattern, to) -> rewrites.add(RepositoryRewrite.of(pattern,
                YamlFields.text("rewrite \"" + pattern + "\"", to))));
        Map<String, RegistryEndpoint> all = new LinkedHashMap<>();
        for (String url : YamlFields.texts(mirror, "endpoint")) {
            RegistryEndpoint endpoint = RegistryEndpoint.of(url, rewrites);
            all.putIfAbsent(endpoint.base().toString(), endpoint);
        }
        if (fallback && !host.equals(ANY)) {
            all.remove(RegistryEndpoint.of(host, List.of()).base().toString());
        }
        return List.copyOf(all.values());
    }

    private HostAccess access(String host, Struct config) {
        String about = "configs.\"" + host + "\".";
        HostAccess access = HostAccess.of(config);
        passedOver(about, config, Set.of("auth", "tls"));
        passedOver(about + "auth.", config.struct("auth"), HostAccess.AUTH);
        passedOver(about + "tls.", config.struct("tls"), HostAccess.TLS);
        return access;
    }

    private void passedOver(String about, Struct in, Set<String> known) {
        ignored.addAll(YamlFields.unknown(about, in, known));
    }

    /// The fields of the file that mean nothing, as in K3s: most likely misspelt.
    List<String> ignored() {
        return List.copyOf(ignored);
    }

    /// The registries that have an entry which means something, [#ANY] included.
    Set<String> registries() {
        Set<String> all = new LinkedHashSet<>(mirrors.keySet());
        configs.forEach((host, access) -> {
            if (!access.equals(HostAccess.NONE)) {
                all.add(host);
            }
        });
        return all;
    }

    /// Whom images of a registry are asked of, in this order; the registry itself last unless that is forbidden.
    ///
    /// @param registry as in an image's name; [#ANY] for the mirrors of all others alone
    List<RegistryEndpoint> endpoints(String registry) {
        String entry = registries().contains(registry) ? registry : ANY;
        List<RegistryEndpoint> all = new ArrayList<>(mirrors.getOrDefault(entry, List.of()));
        if ((fallback || !mirrors.containsKey(entry)) && !registry.equals(ANY)) {
            all.add(RegistryEndpoint.of(registry, List.of()));
        }
        return all;
    }

    /// Whether nodes give each other images of a registry: it, or all of them, have an entry among the mirrors. What is
    /// on this machine alone is another registry on each.
    ///
    /// @param registry as in an image's name; [#ANY] for those without an entry
    boolean shared(String registry) {
        return (mirrors.containsKey(registry) || mirrors.containsKey(ANY)) && !RegistryEndpoint.local(registry);
    }

    /// Whether images of any registry are shared.
    boolean sharesAny() {
        return mirrors.keySet().stream().anyMatch(this::shared);
    }

    /// Whether the registry itself is asked when its mirrors do not have an image.
    boolean fallsBack(String registry) {
        return fallback || !mirrors.containsKey(registry);
    }

    /// How a host is reached. `*` says something about TLS only: a login is for whom it was written down for.
    HostAccess access(String host) {
        HostAccess own = configs.get(host);
        if (own == null && host.equals(ImageName.DOCKER)) {
            own = configs.get("registry-1.docker.io");
        }
        return own != null ? own : new HostAccess(HostAccess.Login.NONE,
                configs.getOrDefault(ANY, HostAccess.NONE).tls());
    }

    /// Whether containerd cannot go there itself: somewhere a login or a rewrite is needed, or there is nobody it could
    /// be told to ask.
    boolean relayed(String registry) {
        List<RegistryEndpoint> all = endpoints(registry);
        return all.isEmpty()
                || all.stream().anyMatch(e -> !e.rewrites().isEmpty() || access(e.host()).login().given());
    }
}
