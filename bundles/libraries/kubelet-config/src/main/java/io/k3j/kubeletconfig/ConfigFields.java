package io.k3j.kubeletconfig;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// The table of all fields of a component's configuration.
final class ConfigFields {
    private final Map<String, ConfigField> byName;

    private ConfigFields(Map<String, ConfigField> byName) {
        this.byName = byName;
    }

    /// Those of a `KubeletConfiguration`.
    static ConfigFields ofKubelet() {
        return read("fields.tsv");
    }

    /// Those of a `KubeProxyConfiguration`.
    static ConfigFields ofKubeProxy() {
        return read("kube-proxy-fields.tsv");
    }

    private static ConfigFields read(String table) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(ConfigFields.class.getResourceAsStream(table)), StandardCharsets.UTF_8))) {
            return new ConfigFields(lines.lines().filter(line -> !line.startsWith("#")).map(ConfigField::parse)
                    .collect(Collectors.toMap(ConfigField::name, f -> f, (a, b) -> a, LinkedHashMap::new)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Iterable<ConfigField> all() {
        return byName.values();
    }

    /// Looks at each field of a file.
    ///
    /// @param malformed is given what is wrong, a sentence each
    /// @return paths of fields that are not in the table, which upstream ignores in files
    List<String> check(Struct file, List<String> malformed) {
        List<String> unknown = new ArrayList<>();
        check("", file, malformed, unknown);
        return unknown;
    }

    private void check(String before, Struct part, List<String> malformed, List<String> unknown) {
        part.forEach((key, value) -> {
            String name = before + key;
            ConfigField field = byName.get(name);
            if (field != null) {
                field.malformed(value).ifPresent(malformed::add);
            } else if (byName.keySet().stream().noneMatch(f -> f.startsWith(name + "."))) {
                unknown.add(name);
            } else if (value instanceof Struct deeper) {
                check(name + ".", deeper, malformed, unknown);
            } else if (value != Null.NULL) {
                malformed.add(name + ": " + (value instanceof Seq ? "a list" : value)
                        + " is not a map of fields; write below it for example " + first(name));
            }
        });
    }

    /// The first field of an object, from there on.
    private String first(String object) {
        String start = object + ".";
        return byName.keySet().stream().filter(name -> name.startsWith(start)).findFirst().orElse(start)
                .substring(start.length());
    }

    /// A known name that differs in the case of letters only, or is a letter away at its end; empty when there is none.
    String near(String unknown) {
        return byName.keySet().stream().filter(
                name -> name.equalsIgnoreCase(unknown) || name.equalsIgnoreCase(unknown + "s")
                        || unknown.equalsIgnoreCase(name + "s"))
                .findFirst().orElse("");
    }
}
