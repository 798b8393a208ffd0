package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Rules of the small kinds of the core group that hold data or limits; those of others are in `core-rules`.
final class CoreRules {
    /// The most that a ConfigMap or a Secret holds.
    static final int DATA_BYTES = 1024 * 1024;

    private CoreRules() {
    }

    static void into(Map<String, KindRules> map) {
        map.put("ConfigMap", new ConfigMaps());
        map.put("Secret", new SecretRules());
        map.put("Event", new EventRules());
        map.put("LimitRange", new LimitRangeRules());
        map.put("ResourceQuota", new QuotaRules());
    }

    /// Validates the keys of ConfigMaps and Secrets.
    static void keys(Struct data, Problems p) {
        for (String key : data.names()) {
            p.key(key).invalid(key, Names.configKey(key));
        }
    }

    /// Whether values are long enough to be too much: a character has three bytes at most. Most are short, and their
    /// bytes need not be made to be counted.
    private static boolean mayExceed(Struct configMap) {
        long most = 0;
        for (Struct data : List.of(configMap.struct("data"), configMap.struct("binaryData"))) {
            for (int i = 0; i < data.size(); i++) {
                most += data.value(i) instanceof String s ? 3L * s.length() : 0;
            }
        }
        return most > DATA_BYTES;
    }

    /// The length of all values, bytes.
    static long bytes(Struct data, boolean encoded) {
        long sum = 0;
        for (int i = 0; i < data.size(); i++) {
            String text = data.value(i) instanceof String s ? s : "";
            sum += encoded ? decoded(text) : text.getBytes(StandardCharsets.UTF_8).length;
        }
        return sum;
    }

    /// The decoded length of a base64 text, bytes.
    private static long decoded(String base64) {
        int padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
        return base64.length() / 4 * 3L - padding;
    }

    /// What must not have changed since an object was made immutable.
    static void frozen(Struct before, Struct after, List<String> fields, Problems p) {
        if (!before.flag("immutable")) {
            return;
        }
        if (!after.flag("immutable")) {
            p.at("immutable").forbidden("field is immutable when `immutable` is set");
        }
        for (String field : fields) {
            if (!before.struct(field).equals(after.struct(field))) {
                p.at(field).forbidden("field is immutable when `immutable` is set");
            }
        }
    }

    private static final class ConfigMaps implements KindRules {
        @Override
        public void check(Write write, Struct o, Problems p) {
            keys(o.struct("data"), p.at("data"));
            keys(o.struct("binaryData"), p.at("binaryData"));
            for (String key : o.struct("binaryData").names()) {
                if (o.struct("data").has(key)) {
                    p.at("data").key(key).invalid(key, "duplicate of key present in binaryData");
                }
            }
            if (mayExceed(o) && bytes(o.struct("data"), false) + bytes(o.struct("binaryData"), true) > DATA_BYTES) {
                p.add(FieldProblem.tooLong("[]", DATA_BYTES));
            }
            frozen(write.before().orElse(Struct.EMPTY), o, List.of("data", "binaryData"), p);
        }
    }
}
