package io.k3j.workloadrules;

import io.k3j.apiserverapi.FieldProblem;
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

/// Rules of Deployments, ReplicaSets and ReplicationControllers, and where those of other sets of pods are.
final class WorkloadRules {
    private static final String SELECTOR = "selector";
    private static final String TEMPLATE = "template";
    private static final String LABELS = "template.metadata.labels";
    private static final String OTHER = "`selector` does not match template `labels`";
    private static final String ROLLING = "rollingUpdate";

    private WorkloadRules() {
    }

    static void into(Map<String, KindRules> map) {
        map.put("Deployment", new Deployments());
        map.put("ReplicaSet", new ReplicaSets());
        map.put("DaemonSet", new DaemonSetRules());
        map.put("StatefulSet", new StatefulSetRules());
        map.put("ReplicationController", new Controllers());
        map.put("ControllerRevision", new RevisionRules());
    }

    static Struct filled(Struct o, String field, Object value) {
        return Fill.inside(o, "spec", s -> Fill.in(s, field, value));
    }

    static Struct templated(Struct o) {
        return Fill.inside(o, "spec", s -> Fill.inside(s, TEMPLATE, PodDefaults::template));
    }

    /// What Deployments and ReplicaSets share: replicas, a selector that matches the template and does not change, and
    /// the template.
    ///
    /// @param p the spec
    private static void set(Write write, Struct o, Problems p) {
        Struct spec = o.struct("spec");
        p.notNegative(spec, "replicas");
        p.notNegative(spec, "minReadySeconds");
        p.notNegative(spec, "revisionHistoryLimit");
        if (selector(spec, "deployment", p) && TemplateRules.written(write, o, "spec", TEMPLATE)) {
            PodProblems.running(spec.struct(TEMPLATE), "ReplicaSet", p.at(TEMPLATE));
        }
        if (write.operation() == Operation.UPDATE) {
            p.immutable(write.before().orElse(Struct.EMPTY).struct("spec"), spec, SELECTOR);
        }
    }

    /// Checks a selector that must be there, select something, and select the pods of the template.
    ///
    /// @param kind as the message names it
    /// @param p the spec
    /// @return whether the selector can be read; else the template is not looked at
    static boolean selector(Struct spec, String kind, Problems p) {
        if (!spec.has(SELECTOR)) {
            p.at(SELECTOR).required("");
            p.at(LABELS).invalid(labels(spec), OTHER);
            return true;
        }
        Struct selector = spec.struct(SELECTOR);
        int before = p.count();
        LabelSelectorRules.check(selector, p.at(SELECTOR));
        // a full list does not grow
        boolean sound = p.count() == before && !p.full();
        if (empty(selector)) {
            p.at(SELECTOR).invalid(selector, "empty selector is invalid for " + kind);
        } else if (!sound) {
            p.at(SELECTOR).invalid(selector, "invalid label selector");
        } else if (!matches(selector, spec)) {
            p.at(LABELS).invalid(labels(spec), OTHER);
        }
        return sound;
    }

    static boolean empty(Struct selector) {
        return selector.struct("matchLabels").isEmpty() && selector.seq("matchExpressions").isEmpty();
    }

    /// Whether a selector that can be read matches the labels of the template.
    static boolean matches(Struct selector, Struct spec) {
        return Selector.of(selector).matches(spec.struct(TEMPLATE).struct("metadata").struct("labels").texts());
    }

    /// The labels of the template as a message shows them: null for none.
    static @Nullable Struct labels(Struct spec) {
        Struct labels = spec.struct(TEMPLATE).struct("metadata").struct("labels");
        return labels.isEmpty() ? null : labels;
    }

    static boolean zero(@Nullable Object value) {
        return value instanceof Long l && l == 0 || value instanceof String s && s.matches("0+%");
    }

    /// Tells that there is no strategy of a type. The message shows the whole of it under Go's names of its fields.
    ///
    /// @param p the place of the strategy
    static void noStrategy(Struct strategy, String supported, Problems p) {
        p.add(FieldProblem.unsupported(p.path(), shown(strategy, "maxUnavailable", "maxSurge"), supported));
    }

    /// A strategy as upstream shows it.
    static Struct shown(Struct strategy, String... fields) {
        Struct.Builder rolling = Struct.builder();
        for (String field : fields) {
            rolling.put(Character.toUpperCase(field.charAt(0)) + field.substring(1),
                    strategy.struct(ROLLING).get(field));
        }
        return Struct.of("Type", strategy.text("type"), "RollingUpdate",
                strategy.has(ROLLING) ? rolling.build() : null);
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
                    ? s.with(ROLLING, Fill.in(s.struct(ROLLING), "maxUnavailable", "25%", "maxSurge", "25%"))
                    : s;
        }

        /// Who says how a Deployment is, changes no labels with it.
        @Override
        public Struct prepared(Write write, Struct o) {
            if (!write.of("status")) {
                return o;
            }
            Struct labels = write.before().orElse(Struct.EMPTY).struct("metadata").struct("labels");
            return labels.equals(o.struct("metadata").struct("labels")) ? o : labels.isEmpty()
                    ? o.withoutAt("metadata", "labels") : o.withAt(labels, "metadata", "labels");
        }

        @Override
        public void check(Write write, Struct o, Problems problems) {
            if (write.of("status")) {
                StatusCounters.check("Deployment", write, o, problems);
                return;
            }
            Problems p = problems.at("spec");
            set(write, o, p);
            Struct spec = o.struct("spec");
            Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
            strategy(spec.struct("strategy"), !spec.equals(before), p.at("strategy"));
            p.notNegative(spec, "progressDeadlineSeconds");
            long deadline = spec.whole("progressDeadlineSeconds", 600);
            if (deadline <= spec.whole("minReadySeconds", 0)) {
                p.at("progressDeadlineSeconds").invalid(deadline, "must be greater than minReadySeconds");
            }
        }

        /// @param changed whether the spec has changed; a stored one may have a bound that is none
        private static void strategy(Struct strategy, boolean changed, Problems p) {
            switch (strategy.text("type")) {
                case "Recreate" -> {
                    if (strategy.has(ROLLING)) {
                        p.at(ROLLING).forbidden("may not be specified when strategy `type` is 'Recreate'");
                    }
                }
                case "RollingUpdate" -> rolling(strategy.struct(ROLLING), changed, p.at(ROLLING));
                default -> noStrategy(strategy, "\"Recreate\", \"RollingUpdate\"", p);
            }
        }

        private static void rolling(Struct rolling, boolean changed, Problems p) {
            p.countOrPercent(rolling, "maxUnavailable");
            p.countOrPercent(rolling, "maxSurge");
            if (zero(rolling.get("maxUnavailable")) && zero(rolling.get("maxSurge"))) {
                p.at("maxUnavailable").invalid(rolling.get("maxUnavailable"), "may not be 0 when `maxSurge` is 0");
            }
            if (changed) {
                p.atMostAll(rolling, "maxUnavailable");
            }
        }

        @Override
        public List<String> warnings(Write write, Struct o) {
            return TemplateRules.warnings(write, o, true, "spec", TEMPLATE);
        }
    }

    private static final class ReplicaSets implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            return templated(filled(o, "replicas", 1L));
        }

        @Override
        public void check(Write write, Struct o, Problems p) {
            if (write.of("status")) {
                StatusCounters.check("ReplicaSet", write, o, p);
            } else {
                set(write, o, p.at("spec"));
            }
        }

        @Override
        public List<String> warnings(Write write, Struct o) {
            return TemplateRules.warnings(write, o, true, "spec", TEMPLATE);
        }
    }

    private static final class Controllers implements KindRules {
        @Override
        public Struct defaulted(Gvk kind, Struct o) {
            Struct labels = o.struct("spec").struct(TEMPLATE).struct("metadata").struct("labels");
            Struct d = filled(o, "replicas", 1L);
            d = labels.isEmpty() ? d : filled(d, SELECTOR, labels);
            d = labels.isEmpty() || !d.struct("metadata").struct("labels").isEmpty() ? d
                    : d.withAt(labels, "metadata", "labels");
            return templated(d);
        }

        @Override
        public void check(Write write, Struct o, Problems problems) {
            if (write.of("status")) {
                StatusCounters.check("ReplicationController", write, o, problems);
                return;
            }
            Struct spec = o.struct("spec");
            Problems p = problems.at("spec");
            p.notNegative(spec, "minReadySeconds");
            Struct selector = spec.struct(SELECTOR);
            if (selector.isEmpty()) {
                p.at(SELECTOR).required("");
            }
            p.notNegative(spec, "replicas");
            if (!spec.has(TEMPLATE)) {
                p.at(TEMPLATE).required("");
                return;
            }
            if (!selector.isEmpty() && !Selector.ofLabels(selector.texts())
                    .matches(spec.struct(TEMPLATE).struct("metadata").struct("labels").texts())) {
                p.at(LABELS).invalid(labels(spec), OTHER);
            }
            if (TemplateRules.written(write, o, "spec", TEMPLATE)) {
                PodProblems.running(spec.struct(TEMPLATE), "ReplicationController", p.at(TEMPLATE));
            }
        }

        @Override
        public List<String> warnings(Write write, Struct o) {
            return TemplateRules.warnings(write, o, true, "spec", TEMPLATE);
        }
    }
}
