package io.k3j.ingressresources;

import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The values of Traefik's chart in a HelmChartConfig, each by its path; who takes one has honoured it.
final class ChartValues {
    /// Values are read to this depth, and so many of them; Traefik's chart has half of either.
    private static final int DEPTH = 12;
    private static final int MOST = 1_000;
    private static final String ARGUMENTS = "additionalArguments";
    /// What this ingress does in any case.
    private static final Map<String, String> SO_ANYHOW = Map.ofEntries(Map.entry("service.enabled", "true"),
            Map.entry("ports.web.expose.default", "true"), Map.entry("ports.websecure.expose.default", "true"),
            Map.entry("ports.web.expose", "true"), Map.entry("ports.websecure.expose", "true"),
            Map.entry("ports.websecure.tls.enabled", "true"), Map.entry("ports.websecure.http.tls.enabled", "true"),
            Map.entry("ingressClass.enabled", "true"), Map.entry("ingressClass.name", "traefik"),
            Map.entry("providers.kubernetesIngress.enabled", "true"),
            Map.entry("providers.kubernetesIngress.allowExternalNameServices", "false"),
            Map.entry("providers.kubernetesIngress.publishedService.enabled", "true"));
    private final Map<String, Object> left = new TreeMap<>();
    private final List<String> wrong = new ArrayList<>();

    private ChartValues() {
    }

    /// Those of a HelmChartConfig; `values` before `valuesContent`, as Helm takes them.
    static ChartValues of(Obj config) {
        ChartValues all = new ChartValues();
        try {
            String content = config.spec().text("valuesContent");
            if (!content.isBlank()) {
                all.read("", Yaml.document(content.getBytes(StandardCharsets.UTF_8)).object(), 0);
            }
            if (config.spec().get("values") instanceof String text && !text.isBlank()) {
                all.read("", Yaml.document(text.getBytes(StandardCharsets.UTF_8)).object(), 0);
            }
        } catch (MalformedInput malformed) {
            all.wrong.add("its values cannot be read: " + malformed.getMessage());
        }
        all.read("", config.spec().struct("values"), 0);
        if (!config.spec().seq("valuesSecrets").isEmpty()) {
            all.left.put("spec.valuesSecrets", true);
        }
        all.arguments();
        SO_ANYHOW.forEach((path, value) -> all.left.remove(path, scalar(value)));
        return all;
    }

    /// Traefik's arguments are values of their own, see [#argument]; their names count in any case.
    private void arguments() {
        if (left.get(ARGUMENTS) instanceof Seq list && list.texts().size() == list.size()) {
            left.remove(ARGUMENTS);
            for (String written : list.texts()) {
                int equals = written.indexOf('=');
                String name = equals < 0 ? written : written.substring(0, equals);
                left.put(ARGUMENTS + " " + name.toLowerCase(Locale.ROOT),
                        equals < 0 ? "true" : written.substring(equals + 1));
            }
        }
    }

    /// The path of an argument of Traefik, whose value is a text.
    /// @param name without its dashes, in lower case
    static String argument(String name) {
        return ARGUMENTS + " --" + name;
    }

    private static Object scalar(String value) {
        return value.equals("true") || value.equals("false") ? (Object) Boolean.valueOf(value) : value;
    }

    private void read(String prefix, Struct values, int depth) {
        values.forEach((name, value) -> {
            if (value instanceof Struct inner && depth < DEPTH) {
                read(prefix + name + ".", inner, depth + 1);
            } else if (left.size() < MOST) {
                left.put(prefix + name, value);
            }
        });
    }

    /// Takes a value.
    ///
    /// @param meaning of the value; empty for one that has none
    /// @param kind what it has to be, in words
    <T> Optional<T> take(String path, Function<Object, Optional<T>> meaning, String kind) {
        @Nullable
        Object value = left.remove(path);
        if (value == null) {
            return Optional.empty();
        }
        Optional<T> found = meaning.apply(value);
        if (found.isEmpty()) {
            wrong.add(path + " is not " + kind);
        }
        return found;
    }

    /// A truth value.
    Optional<Boolean> flag(String path) {
        return take(path, v -> v instanceof Boolean b ? Optional.of(b) : Optional.empty(), "true or false");
    }

    /// A number of a port.
    Optional<Integer> port(String path) {
        return take(path, v -> v instanceof Number n && n.longValue() > 0 && n.longValue() < 65536
                ? Optional.of(n.intValue()) : Optional.empty(), "a port");
    }

    /// One of some words.
    Optional<String> word(String path, String... words) {
        return take(path, v -> List.of(words).contains(v) ? Optional.of(v.toString()) : Optional.empty(),
                String.join(" or ", words));
    }

    /// A list of texts.
    Optional<Seq> texts(String path) {
        return take(path, v -> v instanceof Seq list && list.texts().size() == list.size() ? Optional.of(list)
                : Optional.empty(), "a list of texts");
    }

    /// A text that is not empty.
    Optional<String> text(String path) {
        return take(path, v -> v instanceof String t && !t.isEmpty() ? Optional.of(t) : Optional.empty(), "a text");
    }

    /// The texts below a path, by what follows it; their names may have dots.
    Struct below(String path) {
        Struct.Builder all = Struct.builder();
        for (String at : List.copyOf(left.keySet())) {
            if (at.startsWith(path + ".") && left.get(at) instanceof String text) {
                all.put(at.substring(path.length() + 1), text);
                left.remove(at);
            }
        }
        return all.build();
    }

    /// What was wrong with values that were taken.
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /// The paths of values that nobody has taken, in order.
    List<String> left() {
        return List.copyOf(left.keySet());
    }
}
