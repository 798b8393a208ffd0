package io.k3j.resourcesbuiltin;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Addresses;
import io.k3j.validation.Problems;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Rules of the small kinds of the core group.
final class CoreRules {
    /// The most that a ConfigMap or a Secret holds.
    static final int DATA_BYTES = 1024 * 1024;

    private CoreRules() {
    }

    static void into(Map<String, KindRules> map) {
        map.put("ConfigMap", new ConfigMaps());
        map.put("Secret", new SecretRules());
        map.put("Namespace", new Namespaces());
        map.put("Node", new Nodes());
        map.put("Event", new EventRules());
        map.put("Endpoints", new EndpointsKind());
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

    private static final class Namespaces implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            String name = o.struct("metadata").text("name");
            return name.isEmpty() ? o : o.withAt(name, "metadata", "labels", "kubernetes.io/metadata.name");
        }

        @Override
        public Struct prepared(Write write, Struct o) {
            if (write.operation() == Operation.CREATE) {
                Seq finalizers = o.struct("spec").seq("finalizers");
                Seq all = finalizers.contains("kubernetes") ? finalizers : finalizers.plus("kubernetes");
                return o.withAt(all, "spec", "finalizers").with("status", Struct.of("phase", "Active"));
            }
            if (write.operation() == Operation.DELETE) {
                return o.withAt("Terminating", "status", "phase");
            }
            Struct before = write.before().orElse(Struct.EMPTY);
            return switch (write.subresource()) {
                case "" -> o.with("spec", before.struct("spec")).with("status", before.struct("status"));
                default -> o;
            };
        }

        @Override
        public List<String> name(String name) {
            return Names.label(name);
        }
    }

    private static final class Nodes implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            Struct status = o.struct("status");
            return status.has("capacity") && status.struct("allocatable").isEmpty()
                    ? o.withAt(status.get("capacity"), "status", "allocatable") : o;
        }

        @Override
        public Struct prepared(Write write, Struct o) {
            Struct before = write.before().orElse(Struct.EMPTY);
            return write.operation() == Operation.UPDATE && write.subresource().isEmpty()
                    ? o.with("status", before.struct("status")) : o;
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            Struct spec = o.struct("spec");
            Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
            taints(before.seq("taints"), spec.seq("taints"), p.at("spec"));
            NodeRanges.check(before, spec, p.at("spec"));
            for (String field : List.of("podCIDR", "providerID")) {
                if (!before.text(field).isEmpty() && !before.text(field).equals(spec.text(field))) {
                    p.at("spec").at(field).forbidden("node updates may not change " + field
                            + " except from \"\" to valid");
                }
            }
        }

        private static List<String> pair(Struct taint) {
            return List.of(taint.text("key"), taint.text("effect"));
        }

        private static void taints(Seq before, Seq taints, Problems p) {
            Set<List<String>> seen = new HashSet<>();
            List<List<String>> pairs = before.structs().stream().map(Nodes::pair).toList();
            for (int i = 0; i < taints.size(); i++) {
                Struct t = taints.struct(i);
                Problems at = p.at("taints", i);
                at.at("key").invalid(t.text("key"), Names.qualified(t.text("key")));
                at.at("value").invalid(t.text("value"), Names.labelValue(t.text("value")));
                at.requiredOneOf(t, "effect", List.of("NoSchedule", "PreferNoSchedule", "NoExecute"));
                // A node that has had them twice must still be able to tell its status, and get rid of others.
                if (!seen.add(pair(t)) && pairs.indexOf(pair(t)) == pairs.lastIndexOf(pair(t))) {
                    FieldProblem twice = FieldProblem.duplicate(at.path(), t);
                    p.add(new FieldProblem(twice.field(), twice.type(),
                            twice.message() + ": taints must be unique by key and effect pair"));
                }
            }
        }
    }

    private static final class EndpointsKind implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return Fill.each(o, "subsets", s -> Fill.each(s, "ports", p -> Fill.in(p, "protocol", "TCP")));
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            Seq subsets = o.seq("subsets");
            for (int i = 0; i < subsets.size(); i++) {
                for (String field : List.of("addresses", "notReadyAddresses")) {
                    Seq addresses = subsets.struct(i).seq(field);
                    for (int a = 0; a < addresses.size(); a++) {
                        address(o.struct("metadata"), p.at("subsets", i).at(field, a).at("ip"),
                                addresses.struct(a).text("ip"));
                    }
                }
            }
        }

        private static void address(Struct metadata, Problems p, String ip) {
            if (!Addresses.isIp(ip)) {
                p.invalid(ip, Addresses.MUST_BE_IP);
            } else if (!Addresses.special(metadata, ip).isEmpty()) {
                p.invalid(ip, Addresses.special(metadata, ip));
            }
        }
    }
}
