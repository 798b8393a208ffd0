package io.k3j.workloadrules;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.PodProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.List;

/// Rules of DaemonSets.
final class DaemonSetRules implements KindRules {
    private static final String ROLLING = "rollingUpdate";
    private static final String STRATEGY = "updateStrategy";
    private static final String SELECTOR = "selector";
    private static final String TEMPLATE = "template";
    private static final String NUMBER = "deprecated.daemonset.template.generation";

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        Struct d = WorkloadRules.filled(o, "revisionHistoryLimit", 10L);
        d = WorkloadRules.templated(WorkloadRules.filled(d, STRATEGY, Struct.EMPTY));
        return Fill.inside(d, "spec", s -> Fill.inside(s, STRATEGY, DaemonSetRules::filled));
    }

    private static Struct filled(Struct strategy) {
        Struct s = Fill.in(strategy, "type", "RollingUpdate");
        return s.text("type").equals("RollingUpdate")
                ? s.with(ROLLING, Fill.in(s.struct(ROLLING), "maxUnavailable", 1L, "maxSurge", 0L))
                : s;
    }

    /// Another template has another number, by which controllers tell its pods from those of the one before; once there
    /// is a DaemonSet nobody else has a say in it. Of one without a number, from before there were any, pods have the
    /// generation in its place: so it begins with the next one.
    @Override
    public Struct prepared(Write write, Struct o) {
        if (write.operation() == Operation.CREATE) {
            return number(o) > 0 ? o : numbered(o, 1);
        }
        if (write.operation() != Operation.UPDATE) {
            return o;
        }
        Struct before = write.before().orElse(Struct.EMPTY);
        long known = number(before);
        Struct template = defaulted(write.kind().gvk(), before).struct("spec").struct(TEMPLATE);
        if (!o.struct("spec").struct(TEMPLATE).equals(template)) {
            return numbered(o, 1 + (known > 0 ? known : before.struct("metadata").whole("generation", 0)));
        }
        return known > 0 ? numbered(o, known) : number(o) > 0 ? o.withoutAt("metadata", "annotations", NUMBER) : o;
    }

    private static Struct numbered(Struct o, long number) {
        return o.withAt(Long.toString(number), "metadata", "annotations", NUMBER);
    }

    private static long number(Struct o) {
        try {
            return Long.parseLong(o.struct("metadata").struct("annotations").text(NUMBER));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        if (write.of("status")) {
            StatusCounters.check("DaemonSet", write, o, problems);
            return;
        }
        Struct spec = o.struct("spec");
        Problems p = problems.at("spec");
        selector(spec, p);
        if (TemplateRules.written(write, o, "spec", TEMPLATE)) {
            PodProblems.running(spec.struct(TEMPLATE), "DaemonSet", p.at(TEMPLATE));
        }
        p.notNegative(spec, "minReadySeconds");
        strategy(spec.struct(STRATEGY), p.at(STRATEGY));
        p.notNegative(spec, "revisionHistoryLimit");
        if (write.operation() == Operation.UPDATE) {
            p.immutable(write.before().orElse(Struct.EMPTY).struct("spec"), spec, SELECTOR);
        }
    }

    /// One that is not there selects nothing; upstream tells no more of it than that.
    private static void selector(Struct spec, Problems p) {
        Struct selector = spec.struct(SELECTOR);
        int before = p.count();
        LabelSelectorRules.check(selector, p.at(SELECTOR));
        if (!spec.has(SELECTOR) || p.count() == before && !WorkloadRules.matches(selector, spec)) {
            p.at("template.metadata.labels").invalid(WorkloadRules.labels(spec),
                    "`selector` does not match template `labels`");
        }
        if (spec.has(SELECTOR) && WorkloadRules.empty(selector)) {
            p.at(SELECTOR).invalid(selector, "empty selector is invalid for daemonset");
        }
    }

    private static void strategy(Struct strategy, Problems p) {
        switch (strategy.text("type")) {
            case "OnDelete" -> {
                // pods are replaced when somebody deletes them
            }
            case "RollingUpdate" -> {
                if (strategy.has(ROLLING)) {
                    rolling(strategy.struct(ROLLING), p.at(ROLLING));
                } else {
                    p.at(ROLLING).required("");
                }
            }
            default -> WorkloadRules.noStrategy(strategy, "\"RollingUpdate\", \"OnDelete\"", p);
        }
    }

    /// A roll-out either takes pods away first or adds them first.
    private static void rolling(Struct rolling, Problems p) {
        for (String field : List.of("maxUnavailable", "maxSurge")) {
            p.countOrPercent(rolling, field);
            p.atMostAll(rolling, field);
        }
        boolean takes = !WorkloadRules.zero(rolling.get("maxUnavailable"));
        boolean adds = !WorkloadRules.zero(rolling.get("maxSurge"));
        if (takes && adds) {
            p.at("maxSurge").invalid(rolling.get("maxSurge"), "may not be set when maxUnavailable is non-zero");
        } else if (!takes && !adds) {
            p.at("maxUnavailable").required("cannot be 0 when maxSurge is 0");
        }
    }

    @Override
    public List<String> warnings(Write write, Struct o) {
        return TemplateRules.warnings(write, o, false, "spec", TEMPLATE);
    }
}
