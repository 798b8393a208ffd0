package io.k3j.workloadrules;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.PodProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rules of Deployments, ReplicaSets, DaemonSets and ReplicationControllers, and where those of StatefulSets are.
final class WorkloadRules {
    /// The one policy of pods that are to run until they are taken away.
    static final List<String> ALWAYS = List.of("Always");

    private WorkloadRules() {
    }

    static void into(Map<String, KindRules> map) {
        map.put("Deployment", new Deployments());
        map.put("ReplicaSet", new ReplicaSets());
        map.put("DaemonSet", new DaemonSets());
        map.put("StatefulSet", new StatefulSetRules());
        map.put("ReplicationController", new Controllers());
    }

    static Struct filled(Struct o, String field, Object value) {
        return Fill.inside(o, "spec", s -> Fill.in(s, field, value));
    }

    static Struct templated(Struct o) {
        return Fill.inside(o, "spec", s -> Fill.inside(s, "template", PodDefaults::template));
    }

    /// Validates what they share: an immutable selector that matches the template, and replicas.
    private static void check(Write write, Struct o, Problems p) {
        if (write.of("status")) {
            return;
        }
        Struct spec = o.struct("spec");
        Problems at = p.at("spec");
        at.notNegative(spec, "replicas");
        at.notNegative(spec, "minReadySeconds");
        at.notNegative(spec, "revisionHistoryLimit");
        selector(spec, at);
        if (TemplateRules.written(write, o, "spec", "template")) {
            PodProblems.template(spec.struct("template"), ALWAYS, at.at("template"));
        }
        if (write.operation() == Operation.UPDATE) {
            at.immutable(write.before().orElse(Struct.EMPTY).struct("spec"), spec, "selector");
        }
    }

    static void selector(Struct spec, Problems p) {
        Struct selector = spec.struct("selector");
        if (!spec.has("selector")) {
            p.at("selector").required("");
            return;
        }
        LabelSelectorRules.check(selector, p.at("selector"));
        if (selector.struct("matchLabels").isEmpty() && selector.seq("matchExpressions").isEmpty()) {
            p.at("selector").invalid(selector, "empty selector is invalid for deployment");
            return;
        }
        Struct labels = spec.struct("template").struct("metadata").struct("labels");
        try {
            if (!Selector.of(selector).matches(labels.texts())) {
                p.at("template.metadata.labels").invalid(labels, "`selector` does not match template `labels`");
            }
        } catch (IllegalArgumentException e) {
            return;
        }
    }

    private static boolean zero(@Nullable Object value) {
        return value instanceof Long l && l == 0 || "0%".equals(value);
    }

    private static final class Deployments implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            Struct d = templated(filled(filled(o, "replicas", 1L), "strategy", Struct.EMPTY));
            d = filled(filled(d, "revisionHistoryLimit", 10L), "progressDeadlineSeconds", 600L);
            return Fill.inside(d, "spec", s -> Fill.inside(s, "strategy", Deployments::strategy));
        }

        private static Struct strategy(Struct strategy) {
            Struct s = Fill.in(strategy, "type", "RollingUpdate");
            return s.text("type").equals("RollingUpdate")
                    ? s.with("rollingUpdate",
                            Fill.in(s.struct("rollingUpdate"), "maxUnavailable", "25%", "maxSurge", "25%"))
                    : s;
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            if (write.of("status")) {
                return;
            }
            WorkloadRules.check(write, o, p);
            Struct spec = o.struct("spec");
            Struct strategy = spec.struct("strategy");
            Problems at = p.at("spec").at("strategy");
            at.oneOf(strategy, "type", List.of("Recreate", "RollingUpdate"));
            Struct rolling = strategy.struct("rollingUpdate");
            if (strategy.text("type").equals("Recreate") && strategy.has("rollingUpdate")) {
                at.at("rollingUpdate").forbidden("may not be specified when strategy `type` is 'Recreate'");
            }
            rolling(rolling, at.at("rollingUpdate"));
            if (!spec.equals(write.before().orElse(Struct.EMPTY).struct("spec"))) {
                at.at("rollingUpdate").atMostAll(rolling, "maxUnavailable");
            }
            long deadline = spec.whole("progressDeadlineSeconds", 600);
            if (deadline <= spec.whole("minReadySeconds", 0)) {
                p.at("spec").at("progressDeadlineSeconds").invalid(deadline, "must be greater than minReadySeconds");
            }
        }

        private static void rolling(Struct rolling, Problems p) {
            p.countOrPercent(rolling, "maxUnavailable");
            p.countOrPercent(rolling, "maxSurge");
            if (zero(rolling.get("maxUnavailable")) && zero(rolling.get("maxSurge")) && !rolling.isEmpty()) {
                p.at("maxUnavailable").invalid(rolling.get("maxUnavailable"), "may not be 0 when `maxSurge` is 0");
            }
        }
    }

    private static final class ReplicaSets implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return templated(filled(o, "replicas", 1L));
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            WorkloadRules.check(write, o, p);
        }
    }

    private static final class DaemonSets implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            Struct d = templated(filled(filled(o, "revisionHistoryLimit", 10L), "updateStrategy", Struct.EMPTY));
            return Fill.inside(d, "spec", s -> Fill.inside(s, "updateStrategy", DaemonSets::strategy));
        }

        private static Struct strategy(Struct strategy) {
            Struct s = Fill.in(strategy, "type", "RollingUpdate");
            return s.text("type").equals("RollingUpdate")
                    ? s.with("rollingUpdate", Fill.in(s.struct("rollingUpdate"), "maxUnavailable", 1L, "maxSurge", 0L))
                    : s;
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            WorkloadRules.check(write, o, p);
            Struct strategy = o.struct("spec").struct("updateStrategy");
            Problems at = p.at("spec").at("updateStrategy");
            at.oneOf(strategy, "type", List.of("RollingUpdate", "OnDelete"));
            if (!write.of("status") && strategy.text("type").equals("RollingUpdate")) {
                rolling(strategy.struct("rollingUpdate"), at.at("rollingUpdate"));
            }
        }

        /// A roll-out either takes pods away first or adds them first.
        private static void rolling(Struct rolling, Problems p) {
            for (String field : List.of("maxUnavailable", "maxSurge")) {
                p.countOrPercent(rolling, field);
                p.atMostAll(rolling, field);
            }
            boolean takes = !zero(rolling.get("maxUnavailable"));
            boolean adds = !zero(rolling.get("maxSurge"));
            if (takes && adds) {
                p.at("maxSurge").invalid(rolling.get("maxSurge"), "may not be set when maxUnavailable is non-zero");
            } else if (!takes && !adds) {
                p.at("maxUnavailable").required("cannot be 0 when maxSurge is 0");
            }
        }
    }

    private static final class Controllers implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            Struct labels = o.struct("spec").struct("template").struct("metadata").struct("labels");
            Struct d = filled(o, "replicas", 1L);
            d = labels.isEmpty() ? d : filled(d, "selector", labels);
            d = labels.isEmpty() || !d.struct("metadata").struct("labels").isEmpty() ? d
                    : d.withAt(labels, "metadata", "labels");
            return templated(d);
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            if (write.of("status")) {
                return;
            }
            Struct spec = o.struct("spec");
            p.at("spec").notNegative(spec, "replicas");
            Struct labels = spec.struct("template").struct("metadata").struct("labels");
            if (spec.struct("selector").isEmpty()) {
                p.at("spec").at("selector").required("");
            } else if (!Selector.ofLabels(spec.struct("selector").texts()).matches(labels.texts())) {
                p.at("spec.template.metadata.labels").invalid(labels, "`selector` does not match template `labels`");
            }
            if (TemplateRules.written(write, o, "spec", "template")) {
                PodProblems.template(spec.struct("template"), ALWAYS, p.at("spec").at("template"));
            }
        }
    }
}
