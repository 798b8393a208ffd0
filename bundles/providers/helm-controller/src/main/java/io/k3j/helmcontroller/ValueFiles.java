package io.k3j.helmcontroller;

import io.k3j.codec.Json;
import io.k3j.model.Null;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The values of a release in K3s' order, from what counts least to what counts most: the chart's own defaults are
/// before all of them, and `set` after. Helm reads and merges them, so that its YAML is the one that counts. Pure.
final class ValueFiles {
    private ValueFiles() {
    }

    /// The texts by file name, in order; JSON is YAML.
    ///
    /// @throws ChartRefused when a Secret lacks a key
    static Map<String, byte[]> of(ReleaseInput input) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        List<byte[]> all = new ArrayList<>();
        add(input, input.chart().spec(), all);
        add(input, input.config(), all);
        all.forEach(text -> files.put("values-" + files.size() + ".yaml", text));
        return files;
    }

    private static void add(ReleaseInput input, Struct spec, List<byte[]> all) {
        if (!spec.text("valuesContent").isEmpty()) {
            all.add(spec.text("valuesContent").getBytes(StandardCharsets.UTF_8));
        }
        Object values = spec.get("values");
        if (values != null && values != Null.NULL && !Struct.EMPTY.equals(values)) {
            all.add(values instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : Json.bytes(values));
        }
        for (Struct reference : spec.seq("valuesSecrets").structs()) {
            for (String key : reference.seq("keys").texts()) {
                secret(input, reference, key, all);
            }
        }
    }

    private static void secret(ReleaseInput input, Struct reference, String key, List<byte[]> all) {
        String name = reference.text("name");
        Struct data = input.secrets().getOrDefault(name, Struct.EMPTY);
        if (data.has(key)) {
            all.add(Base64.getDecoder().decode(data.text(key)));
        } else if (!reference.flag("ignoreUpdates")) {
            throw new ChartRefused("SecretKeyNotFound", "the Secret " + input.chart().namespace() + "/" + name
                    + " that the HelmChart refers to has no key " + key);
        }
    }

    /// `set`, by the option of Helm that gives its values their type: numbers, truth values and `null` as such
    /// (`--set`), everything else as text (`--set-file`, since the binding has no `--set-string`).
    ///
    /// @param typed whether those of the first sort are asked for
    static Map<String, String> set(Struct set, boolean typed) {
        Map<String, String> found = new LinkedHashMap<>();
        set.names().stream().sorted().forEach(name -> {
            Object value = set.get(name);
            String text = String.valueOf(value);
            boolean number = !(value instanceof String);
            if (typed == (number || List.of("true", "false", "null").contains(text.toLowerCase(Locale.ROOT)))) {
                found.put(name, number ? text : unescaped(text));
            }
        });
        return found;
    }

    /// A backslash makes the next character mean itself, as in `--set`.
    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 1 < text.length()) {
                i++;
            }
            plain.append(text.charAt(i));
        }
        return plain.toString();
    }
}
