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

/// Rules of Jobs.
final class JobRules implements KindRules {
    private static final String UID = "batch.kubernetes.io/controller-uid";
    private static final String NAME = "batch.kubernetes.io/job-name";
    private static final List<String> RESTART = List.of("OnFailure", "Never");
    private static final List<String> FIXED = List.of("completionMode", "podFailurePolicy", "backoffLimitPerIndex",
            "managedBy", "successPolicy");

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        return Fill.inside(object, "spec", JobRules::spec);
    }

    /// Defaults the spec of a Job or of a CronJob's template.
    static Struct spec(Struct spec) {
        Struct s = spec;
        if (!s.has("completions") && !s.has("parallelism")) {
            s = s.with("completions", 1L).with("parallelism", 1L);
        }
        s = Fill.in(s, "parallelism", 1L, "backoffLimit",
                s.has("backoffLimitPerIndex") ? (long) Integer.MAX_VALUE : 6L);
        s = Fill.in(s, "completionMode", "NonIndexed", "suspend", false);
        s = Fill.in(s, "podReplacementPolicy", s.has("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        return Fill.inside(s, "template", PodDefaults::template);
    }

    @Override
    public Struct prepared(Write write, Struct object) {
        if (write.operation() != Operation.CREATE || object.struct("spec").flag("manualSelector")) {
            return object;
        }
        String uid = object.struct("metadata").text("uid");
        String name = object.struct("metadata").text("name");
        if (uid.isEmpty()) {
            return object;
        }
        Struct o = object;
        for (Map.Entry<String, String> label : Map.of("controller-uid", uid, UID, uid, "job-name", name, NAME, name)
                .entrySet()) {
            o = o.withAt(label.getValue(), "spec", "template", "metadata", "labels", label.getKey());
        }
        return o.with("spec", o.struct("spec").with("selector", Struct.of("matchLabels", Struct.of(UID, uid))));
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        if (write.of("status")) {
            return;
        }
        Struct spec = object.struct("spec");
        Problems p = problems.at("spec");
        if (!write.dryRun() || spec.has("selector")) {
            selector(spec, p);
        }
        spec(spec, TemplateRules.written(write, object, "spec", "template"), p);
        if (write.operation() == Operation.UPDATE) {
            update(write.before().orElse(Struct.EMPTY), spec, p);
        }
    }

    private static void selector(Struct spec, Problems p) {
        if (!spec.has("selector")) {
            p.at("selector").required("");
            return;
        }
        Struct labels = spec.struct("template").struct("metadata").struct("labels");
        try {
            if (!Selector.of(spec.struct("selector")).matches(labels.texts())) {
                p.at("template.metadata.labels").invalid(labels, "`selector` does not match template `labels`");
            }
        } catch (IllegalArgumentException e) {
            LabelSelectorRules.check(spec.struct("selector"), p.at("selector"));
        }
    }

    /// Validates the spec of a Job or of a CronJob's template.
    ///
    /// @param written whether its pod template is new or changed
    static void spec(Struct spec, boolean written, Problems p) {
        for (String field : List.of("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
                "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes")) {
            p.notNegative(spec, field);
        }
        JobIndexes.check(spec, p);
        p.oneOf(spec, "completionMode", List.of("NonIndexed", "Indexed"));
        if (spec.text("completionMode").equals("Indexed") && !spec.has("completions")) {
            p.at("completions").required("when completion mode is Indexed");
        }
        if (spec.has("successPolicy")) {
            SuccessPolicy.check(spec, p.at("successPolicy"));
        }
        if (spec.has("podFailurePolicy")) {
            FailurePolicyRules.check(spec, p);
        }
        p.oneOf(spec, "podReplacementPolicy", spec.has("podFailurePolicy") ? List.of("Failed")
                : List.of("Failed", "TerminatingOrFailed"));
        String restart = spec.struct("template").struct("spec").text("restartPolicy");
        if (restart.equals("Always")) {
            p.at("template.spec.restartPolicy").required("valid values: \"OnFailure\", \"Never\"");
        }
        if (written) {
            PodProblems.template(spec.struct("template"), restart.equals("Always") ? List.of("Always") : RESTART,
                    p.at("template"));
        }
    }

    private static void update(Struct job, Struct spec, Problems p) {
        Struct before = job.struct("spec");
        boolean resting = before.flag("suspend") && job.struct("status").whole("active", 0) == 0;
        boolean indexed = spec.text("completionMode").equals("Indexed");
        boolean elastic = indexed && spec.whole("completions", 0) == spec.whole("parallelism", 0);
        if (!elastic) {
            p.immutable(before, spec, "completions");
        }
        p.immutable(before, spec, "selector");
        Struct old = before.struct("template");
        if (!fixed(old, resting).equals(fixed(spec.struct("template"), resting))) {
            p.at("template").invalid(spec.struct("template"), "field is immutable");
        }
        for (String field : FIXED) {
            p.immutable(before, spec, field);
        }
    }

    /// What of a template may not change: all of it, but where pods go and what they get while a Job is suspended and
    /// none of its pods is active.
    private static Struct fixed(Struct template, boolean resting) {
        return !resting ? template
                : Fill.inside(template, "spec", s -> unlimited(s.without("nodeSelector").without("affinity")
                        .without("tolerations").without("schedulingGates"))).without("metadata");
    }

    private static Struct unlimited(Struct spec) {
        Struct s = spec;
        for (String list : List.of("containers", "initContainers")) {
            s = s.has(list) ? s.with(list, s.seq(list).mapped(c -> c.without("resources"))) : s;
        }
        return s;
    }
}
