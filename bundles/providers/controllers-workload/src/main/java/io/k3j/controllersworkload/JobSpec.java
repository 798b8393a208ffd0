package io.k3j.controllersworkload;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Accessors of a Job's spec. Pure.
record JobSpec(Obj job) {
    static final String FINALIZER = "batch.kubernetes.io/job-tracking";
    /// What the API server leaves of a `generateName`, upstream's `MaxGeneratedNameLength`.
    private static final int LONGEST_PREFIX = 58;
    static final String INDEX = "batch.kubernetes.io/job-completion-index";

    boolean fixed() {
        return job.spec().has("completions");
    }

    long completions() {
        return job.spec().whole("completions", 1);
    }

    long parallelism() {
        return job.spec().whole("parallelism", 1);
    }

    long backoffLimit() {
        return job.spec().whole("backoffLimit", 6);
    }

    boolean indexed() {
        return job.spec().text("completionMode").equals("Indexed");
    }

    boolean suspended() {
        return job.spec().flag("suspend");
    }

    boolean replacesFailedOnly() {
        return job.spec().text("podReplacementPolicy").equals("Failed");
    }

    /// The number of the first success policy rule that these indexes meet, -1 when none.
    int metRule(TreeSet<Long> succeeded) {
        Seq rules = job.spec().struct("successPolicy").seq("rules");
        for (int i = 0; i < rules.size(); i++) {
            if (met(rules.struct(i), succeeded)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean met(Struct rule, TreeSet<Long> succeeded) {
        String text = rule.text("succeededIndexes");
        if (text.isEmpty()) {
            return succeeded.size() >= rule.whole("succeededCount", Long.MAX_VALUE);
        }
        // an unreadable rule, stored before validation existed, is never met
        return IndexRanges.of(text).filter(r -> r.among(succeeded) >= rule.whole("succeededCount", r.count()))
                .isPresent();
    }

    /// The pod of an index; -1 for a Job without indexes.
    /// @param counts additional annotations
    Obj pod(long index, Struct counts) {
        Struct template = job.spec().struct("template");
        if (index < 0) {
            return tracked(PodTemplates.pod(job, template));
        }
        String text = Long.toString(index);
        Struct spec = template.struct("spec");
        for (String list : List.of("initContainers", "containers")) {
            if (!spec.seq(list).isEmpty()) {
                spec = spec.with(list, spec.seq(list).structs().stream().map(JobSpec::withIndex).toList());
            }
        }
        spec = spec.with("hostname", job.name() + "-" + text);
        Struct numbered = template.with("spec", spec).withAt(text, "metadata", "annotations", INDEX)
                .withAt(text, "metadata", "labels", INDEX);
        for (String name : counts.names()) {
            numbered = numbered.withAt(counts.text(name), "metadata", "annotations", name);
        }
        return tracked(PodTemplates.pod(job, numbered, "generateName", prefix("-" + text + "-")));
    }

    /// The start of a pod's name: of a long one of a Job the end goes, not the index.
    private String prefix(String index) {
        return job.name().substring(0, Math.min(job.name().length(), LONGEST_PREFIX - index.length())) + index;
    }

    private static Struct withIndex(Struct container) {
        String name = "JOB_COMPLETION_INDEX";
        if (!container.seq("env").find("name", name).isEmpty()) {
            return container;
        }
        Struct source = Struct.of("fieldRef", Struct.of("fieldPath", "metadata.labels['" + INDEX + "']"));
        return container.with("env", container.seq("env").plus(Struct.of("name", name, "valueFrom", source)));
    }

    private static Obj tracked(Obj pod) {
        return pod.with(pod.metadata().seq("finalizers").plus(FINALIZER), "metadata", "finalizers");
    }

    /// The index of a pod, -1 without one.
    static long index(Obj pod) {
        try {
            return Long.parseLong(pod.annotations().getOrDefault(INDEX, "-1"));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /// Parses `1,3-5`, limited to this Job's indexes; empty when it is invalid.
    TreeSet<Long> indexes(String text) {
        return IndexRanges.of(text).map(r -> r.below(completions())).orElseGet(TreeSet::new);
    }

    /// Formats numbers as `1,3-5`.
    static String text(TreeSet<Long> indexes) {
        List<String> parts = new ArrayList<>();
        long first = -1;
        long last = -2;
        for (long i : indexes) {
            if (i != last + 1) {
                add(parts, first, last);
                first = i;
            }
            last = i;
        }
        add(parts, first, last);
        return String.join(",", parts);
    }

    private static void add(List<String> parts, long first, long last) {
        if (last >= first) {
            parts.add(first == last ? Long.toString(first) : first + (last == first + 1 ? "," : "-") + last);
        }
    }

    /// The pod failure policy rule that a failed pod matches, with what it matches as `message`; empty without a match.
    Struct failureRule(Obj pod) {
        return FailurePolicy.match(job.spec().struct("podFailurePolicy").seq("rules"), pod);
    }
}
