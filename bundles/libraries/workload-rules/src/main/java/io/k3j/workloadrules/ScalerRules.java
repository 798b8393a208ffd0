package io.k3j.workloadrules;

import io.k3j.apiserverapi.Write;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Shape;
import io.k3j.validation.Problems;

/// Rules of HorizontalPodAutoscalers in both versions.
final class ScalerRules implements KindRules {
    private static final Gvk OLDER = Gvk.of("autoscaling/v1", "HorizontalPodAutoscaler");
    private static final Gvk NEWER = Gvk.of("autoscaling/v2", "HorizontalPodAutoscaler");
    private static final String LEAST = "minReplicas";
    private final ScalerForms forms;

    /// @param newest the schema of autoscaling/v2
    ScalerRules(Shape newest) {
        forms = new ScalerForms(newest);
    }

    @Override
    public Struct defaulted(Gvk kind, Struct o) {
        if (!o.has("spec")) {
            return o;
        }
        Struct h = Fill.inside(o, "spec", s -> Fill.in(s, "minReplicas", 1L));
        if (kind.equals(OLDER)) {
            // the default depends on metrics that are in the other version's form
            return converted(converted(h, NEWER), OLDER);
        }
        return Fill.inside(ScalerForms.plain(h), "spec", s -> Fill.inside(
                s.seq("metrics").isEmpty() ? s.with("metrics", Seq.of(ScalerForms.defaultMetric())) : s, "behavior",
                ScalerBehavior::filled));
    }

    @Override
    public Struct converted(Struct object, Gvk to) {
        return forms.converted(object, to);
    }

    @Override
    public void check(Write write, Struct o, Problems problems) {
        if (write.of("status")) {
            problems.at("status").notNegative(o.struct("status"), "currentReplicas");
            problems.at("status").notNegative(o.struct("status"), "desiredReplicas");
            return;
        }
        Struct spec = newest(o);
        Struct before = newest(write.before().orElse(Struct.EMPTY));
        Problems p = problems.at("spec");
        replicas(spec, before, p);
        ScalerProblems.reference(spec.struct("scaleTargetRef"), p.at("scaleTargetRef"));
        KeptProblems.check(problems, now -> ScalerProblems.check(spec, now.at("spec")),
                then -> ScalerProblems.check(before, then.at("spec")));
    }

    /// The spec in the form of autoscaling/v2, in which all of it can be seen.
    private Struct newest(Struct o) {
        return (o.text("apiVersion").equals(OLDER.apiVersion()) ? converted(o, NEWER) : o).struct("spec");
    }

    /// Fewer than one only where it was so before: nothing but somebody else's metric can tell such a target to grow.
    private static void replicas(Struct spec, Struct before, Problems p) {
        long most = spec.whole("maxReplicas", 0);
        long least = spec.whole(LEAST, 1);
        long bound = before.whole(LEAST, 1) == 0 ? 0 : 1;
        if (least < bound) {
            p.at(LEAST).invalid(least, "must be greater than or equal to " + bound);
        }
        if (most == 0) {
            p.at("maxReplicas").required("must be set and greater than 0");
        } else if (most < 0) {
            p.at("maxReplicas").invalid(most, "must be greater than or equal to 1");
        }
        if (most < least) {
            p.at("maxReplicas").invalid(most, "must be greater than or equal to `minReplicas`");
        }
    }
}
