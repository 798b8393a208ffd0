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
        Struct spec = o.struct("spec");
        Problems p = problems.at("spec");
        long most = spec.whole("maxReplicas", 0);
        if (spec.whole("minReplicas", 1) < 1) {
            p.at("minReplicas").invalid(spec.whole("minReplicas", 1), "must be greater than or equal to 1");
        }
        if (most == 0) {
            p.at("maxReplicas").required("must be set and greater than 0");
        } else if (most < 0) {
            p.at("maxReplicas").invalid(most, "must be greater than or equal to 1");
        }
        if (most < spec.whole("minReplicas", 1)) {
            p.at("maxReplicas").invalid(most, "must be greater than or equal to `minReplicas`");
        }
        p.at("scaleTargetRef").present(spec.struct("scaleTargetRef"), "kind");
        p.at("scaleTargetRef").present(spec.struct("scaleTargetRef"), "name");
    }
}
