package io.k3j.cricontainerd;

import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// `registries.yaml`, as <https://docs.k3s.io/installation/private-registry> tells, turned into containerd's
/// `certs.d/<host>/hosts.toml` and its list of credentials.
final class Registries {
    private final Struct document;
    private final boolean fallback;

    private Registries(Struct document, boolean fallback) {
        this.document = document;
        this.fallback = fallback;
    }

    /// From a file; one that is missing says nothing.
    /// @param fallback whether a registry itself is asked after its mirrors
    /// @throws MalformedInput when it cannot be read
    static Registries read(Path file, boolean fallback) throws IOException {
        if (!Files.exists(file)) {
            return new Registries(Struct.EMPTY, fallback);
        }
        try {
            return new Registries(Yaml.document(Files.readAllBytes(file)).object(), fallback);
        } catch (MalformedInput e) {
            throw new MalformedInput(file + ": " + e.getMessage() + "; correct it and start again");
        }
    }

    /// Credentials by host, in containerd's words.
    Map<String, Map<String, String>> auth() {
        Map<String, Map<String, String>> all = new TreeMap<>();
        Struct configs = document.struct("configs");
        configs.names().forEach(host -> {
            Struct given = configs.struct(host).struct("auth");
            Map<String, String> words = new LinkedHashMap<>();
            for (String word : new String[] {"username", "password", "auth"}) {
                if (!given.text(word).isEmpty()) {
                    words.put(word, given.text(word));
                }
            }
            String token = given.text("identitytoken", given.text("identity_token"));
            if (!token.isEmpty()) {
                words.put("identitytoken", token);
            }
            if (!words.isEmpty()) {
                all.put(host, words);
            }
        });
        return all;
    }

    /// `hosts.toml` by directory name of `certs.d`.
    Map<String, String> hosts() {
        Map<String, String> all = new TreeMap<>();
        document.struct("mirrors").names().forEach(h -> all.put(directory(h), toml(h)));
        document.struct("configs").names().forEach(h -> all.putIfAbsent(directory(h), toml(h)));
        return all;
    }

    private static String directory(String host) {
        return host.equals("*") ? "_default" : host;
    }

    private String toml(String host) {
        StringBuilder b = new StringBuilder();
        Struct mirror = document.struct("mirrors").struct(host);
        if (!mirror.struct("rewrite").isEmpty()) {
            System.getLogger("io.k3j.cricontainerd").log(System.Logger.Level.WARNING,
                    "registries.yaml: mirrors.{0}.rewrite is not supported yet, images are asked for as they are",
                    host);
        }
        var endpoints = mirror.seq("endpoint").texts();
        boolean own = !host.equals("*");
        String upstream = host.equals("docker.io") ? "registry-1.docker.io" : host;
        if (own) {
            b.append("server = ").append(ContainerdConfig.quoted(
                    fallback || endpoints.isEmpty() ? "https://" + upstream : endpoints.getFirst())).append('\n');
            tls(b, upstream);
        }
        endpoints.forEach(url -> endpoint(b, url.contains("://") ? url : "https://" + url));
        if (own && endpoints.isEmpty()) {
            endpoint(b, "https://" + upstream);
        }
        return b.toString();
    }

    private void endpoint(StringBuilder b, String url) {
        b.append("\n[host.").append(ContainerdConfig.quoted(url)).append("]\n");
        b.append("  capabilities = [\"pull\", \"resolve\"]\n");
        String rest = url.substring(url.indexOf("://") + 3);
        int slash = rest.indexOf('/');
        if (slash >= 0 && slash < rest.length() - 1 && !rest.endsWith("/v2")) {
            b.append("  override_path = true\n");
        }
        tls(b, slash < 0 ? rest : rest.substring(0, slash));
    }

    private void tls(StringBuilder b, String host) {
        Struct tls = document.struct("configs").struct(host).struct("tls");
        if (!tls.text("ca_file").isEmpty()) {
            b.append("  ca = ").append(ContainerdConfig.quoted(tls.text("ca_file"))).append('\n');
        }
        if (!tls.text("cert_file").isEmpty()) {
            b.append("  client = [[").append(ContainerdConfig.quoted(tls.text("cert_file"))).append(", ")
                    .append(ContainerdConfig.quoted(tls.text("key_file"))).append("]]\n");
        }
        if (tls.flag("insecure_skip_verify")) {
            b.append("  skip_verify = true\n");
        }
    }
}
