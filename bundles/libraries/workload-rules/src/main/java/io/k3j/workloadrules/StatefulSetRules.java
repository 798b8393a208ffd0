package io.k3j.workloadrules;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.PodProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Rules of StatefulSets.
final class StatefulSetRules implements KindRules {
    private static final String CLAIMS = "persistentVolumeClaimRetentionPolicy";
    private static final String RETAIN = "Retain";
    private static final List<String> MUTABLE = List.of("replicas", "ordinals", "template", "updateStrategy",
            "revisionHistoryLimit", CLAIMS, "minReadySeconds");
    private static final String RULE = "updates to statefulset spec for fields other than 'replicas', 'ordinals',"
            + " 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and"
            + " 'minReadySeconds' are forbidden";

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        Struct d = WorkloadRules.filled(o, "podManagementPolicy", "OrderedReady");
        d = WorkloadRules.filled(d, "updateStrategy", Struct.EMPTY);
        d = WorkloadRules.filled(WorkloadRules.filled(d, "replicas", 1L), "revisionHistoryLimit", 10L);
        d = WorkloadRules.filled(d, CLAIMS, Struct.EMPTY);
        return Fill.inside(WorkloadRules.templated(d), "spec", StatefulSetRules::spec);
    }

    private static Struct spec(Struct spec) {
        Struct s = Fill.inside(spec, CLAIMS, r -> Fill.in(r, "whenDeleted", RETAIN, "whenScaled", RETAIN));
        s = Fill.inside(s, "updateStrategy", StatefulSetRules::strategy);
        return Fill.each(s, "volumeClaimTemplates", StatefulSetRules::claim);
    }

    private static Struct claim(Struct claim) {
        Struct c = Fill.in(claim, "apiVersion", "v1", "kind", "PersistentVolumeClaim");
        c = Fill.inside(c, "spec", s -> Fill.in(s, "volumeMode", "Filesystem"));
        return c.with("status", Fill.in(c.struct("status"), "phase", "Pending"));
    }

    private static Struct strategy(Struct strategy) {
        Struct s = Fill.in(strategy, "type", "RollingUpdate");
        return s.text("type").equals("RollingUpdate")
                ? s.with("rollingUpdate", Fill.in(s.struct("rollingUpdate"), "partition", 0L)) : s;
    }

    @Override
    public void check(Write write, Struct o, Problems p) {
        if (write.of("status")) {
            return;
        }
        Struct spec = o.struct("spec");
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        Problems at = p.at("spec");
        at.oneOf(spec, "podManagementPolicy", List.of("OrderedReady", "Parallel"));
        Struct strategy = spec.struct("updateStrategy");
        at.at("updateStrategy").oneOf(strategy, "type", List.of("RollingUpdate", "OnDelete"));
        if (!spec.equals(before)) {
            numbers(spec, at);
        }
        WorkloadRules.selector(spec, at);
        if (TemplateRules.written(write, o, "spec", "template")) {
            PodProblems.template(spec.struct("template"), WorkloadRules.ALWAYS, claimed(spec), at.at("template"));
        }
        if (write.operation() == Operation.UPDATE && !fixed(before).equals(fixed(spec))) {
            at.forbidden(RULE);
        }
    }

    private static void numbers(Struct spec, Problems p) {
        p.at("updateStrategy.rollingUpdate").notNegative(spec.struct("updateStrategy").struct("rollingUpdate"),
                "partition");
        for (String when : List.of("whenDeleted", "whenScaled")) {
            p.at(CLAIMS).oneOf(spec.struct(CLAIMS), when, List.of(RETAIN, "Delete"));
        }
        for (String field : List.of("replicas", "minReadySeconds", "revisionHistoryLimit")) {
            p.notNegative(spec, field);
        }
        p.at("ordinals").notNegative(spec.struct("ordinals"), "start");
    }

    /// The names of the volumes that come from claim templates.
    private static Set<String> claimed(Struct spec) {
        return spec.seq("volumeClaimTemplates").structs().stream().map(c -> c.struct("metadata").text("name"))
                .collect(Collectors.toSet());
    }

    private static Struct fixed(Struct spec) {
        Struct s = spec;
        for (String field : MUTABLE) {
            s = s.without(field);
        }
        return s;
    }
}
