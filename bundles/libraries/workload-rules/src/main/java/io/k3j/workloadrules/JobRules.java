package io.k3j.workloadrules;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.corevalidation.PodProblems;
import io.k3j.kindrules.Fill;
import io.k3j.kindrules.KindRules;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.ArrayList;
import java.util.List;

/// Rules of Jobs.
final class JobRules implements KindRules {
    private static final String SELECTOR = "selector";
    private static final List<String> RESTART = List.of("OnFailure", "Never");
    private static final List<String> FIXED = List.of("completionMode", "podFailurePolicy", "backoffLimitPerIndex",
            "managedBy", "successPolicy");

    @Override
    public Struct defaulted(Gvk kind, Struct object) {
        Struct labels = object.struct("spec").struct("template").struct("metadata").struct("labels");
        Struct o = labels.isEmpty() || !object.struct("metadata").struct("labels").isEmpty() ? object
                : object.withAt(labels, "metadata", "labels");
        return Fill.inside(o, "spec", JobRules::spec);
    }

    private static Struct spec(Struct spec) {
        Struct s = spec;
        if (!s.has("completions") && !s.has("parallelism")) {
            s = s.with("completions", 1L).with("parallelism", 1L);
        }
        s = Fill.in(s, "parallelism", 1L, "backoffLimit",
                s.has("backoffLimitPerIndex") ? (long) Integer.MAX_VALUE : 6L);
        s = Fill.in(Fill.in(s, "completionMode", "NonIndexed", "suspend", false), "manualSelector", false);
        s = Fill.in(s, "podReplacementPolicy", s.has("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        s = Fill.inside(s, "podFailurePolicy", FailurePolicyRules::filled);
        return Fill.inside(s, "template", PodDefaults::template);
    }

    @Override
    public Struct prepared(Write write, Struct object) {
        boolean generated = write.operation() == Operation.CREATE && !object.struct("spec").flag("manualSelector");
        return generated ? JobLabels.generated(object) : object;
    }

    @Override
    public void check(Write write, Struct object, Problems problems) {
        if (write.of("status")) {
            JobStatusRules.check(write.before().orElse(Struct.EMPTY), object, problems.at("status"));
            return;
        }
        Struct spec = object.struct("spec");
        Problems p = problems.at("spec");
        if (write.operation() == Operation.CREATE) {
            JobLabels.check(object, problems);
            lastName(object, problems.at("metadata.name"));
        }
        checked(write, spec, TemplateRules.written(write, object, "spec", "template"), p);
        if (!write.dryRun() || spec.has(SELECTOR)) {
            selector(spec, p);
        }
        if (write.operation() == Operation.UPDATE) {
            update(write.before().orElse(Struct.EMPTY), spec, p);
        }
    }

    /// Checks the spec of a new Job, or of one that is there, of which what was wrong stays allowed.
    private static void checked(Write write, Struct spec, boolean written, Problems p) {
        if (write.operation() == Operation.CREATE) {
            spec(spec, written, p);
            return;
        }
        Struct before = write.before().orElse(Struct.EMPTY).struct("spec");
        KeptProblems.check(p, now -> spec(spec, written, now.at("spec")), then -> spec(before, false, then.at("spec")));
    }

    /// The pods of a Job that counts by index have the index in their host names.
    private static void lastName(Struct job, Problems p) {
        Struct spec = job.struct("spec");
        long completions = spec.whole("completions", 0);
        String name = job.struct("metadata").text("name");
        String last = name + "-" + (completions - 1);
        if (spec.text("completionMode").equals("Indexed") && completions > 0 && !name.isEmpty()
                && !Names.label(last).isEmpty()) {
            p.invalid(name, "will not able to create pod with invalid DNS label: " + last);
        }
    }

    private static void selector(Struct spec, Problems p) {
        if (!spec.has(SELECTOR)) {
            p.at(SELECTOR).required("");
            return;
        }
        int before = p.count();
        LabelSelectorRules.check(spec.struct(SELECTOR), p.at(SELECTOR));
        if (p.count() == before && !p.full() && !WorkloadRules.matches(spec.struct(SELECTOR), spec)) {
            p.at("template.metadata.labels").invalid(WorkloadRules.labels(spec),
                    "`selector` does not match template `labels`");
        }
    }

    /// Validates the spec of a Job or of a CronJob's template, but for the selector.
    ///
    /// @param written whether its pod template is new or changed
    static void spec(Struct spec, boolean written, Problems p) {
        for (String field : List.of("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit",
                "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes")) {
            p.notNegative(spec, field);
        }
        if (spec.has("managedBy")) {
            JobLabels.manager(spec.text("managedBy"), p.at("managedBy"));
        }
        JobIndexes.check(spec, p);
        p.oneOf(spec, "completionMode", List.of("NonIndexed", "Indexed"));
        if (spec.text("completionMode").equals("Indexed") && !spec.has("completions")) {
            p.at("completions").required("when completion mode is Indexed");
        }
        if (spec.has("successPolicy")) {
            SuccessPolicy.check(spec, p.at("successPolicy"));
        }
        boolean policy = spec.has("podFailurePolicy");
        if (policy) {
            FailurePolicyRules.check(spec, p);
        }
        restart(spec.struct("template").struct("spec").text("restartPolicy"), policy,
                p.at("template.spec.restartPolicy"));
        p.oneOf(spec, "podReplacementPolicy", policy ? List.of("Failed") : List.of("Failed", "TerminatingOrFailed"));
        if (written) {
            PodProblems.template(spec.struct("template"), p.at("template"));
        }
    }

    /// Pods of a Job end.
    ///
    /// @param counted whether the ends of containers are looked at, which must be those of the pod then
    private static void restart(String policy, boolean counted, Problems p) {
        if (policy.isEmpty() || policy.equals("Always")) {
            p.required("valid values: \"OnFailure\", \"Never\"");
        } else if (!RESTART.contains(policy)) {
            p.unsupported(policy, RESTART);
        } else if (counted && !policy.equals("Never")) {
            p.invalid(policy, "only \"Never\" is supported when podFailurePolicy is specified");
        }
    }

    private static void update(Struct job, Struct spec, Problems p) {
        // one that an older release stored lacks newer defaults, and has not changed by them
        Struct before = spec(job.struct("spec"));
        boolean resting = before.flag("suspend") && job.struct("status").whole("active", 0) == 0;
        boolean indexed = spec.text("completionMode").equals("Indexed");
        if (!indexed) {
            p.immutable(before, spec, "completions");
        } else if (spec.has("completions") && spec.whole("completions", 0) != before.whole("completions", -1)
                && spec.whole("completions", 0) != spec.whole("parallelism", 0)) {
            p.at("completions").invalid(spec.whole("completions", 0),
                    "can only be modified in tandem with spec.parallelism");
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

    @Override
    public List<String> warnings(Write write, Struct o) {
        if (!write.subresource().isEmpty() || !TemplateRules.written(write, o, "spec")) {
            return List.of();
        }
        List<String> all = new ArrayList<>(TemplateRules.warnings(write, o, true, "spec", "template"));
        all.addAll(JobIndexes.warnings(o.struct("spec")));
        return all;
    }
}
