package io.k3j.workloadrules;

import io.k3j.apimachinery.DomainPaths;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.LinkedHashMap;
import java.util.Map;

/// The labels by which a Job finds its pods, made from its identity, as upstream's `generateSelector`: what the writer
/// has given is kept, and refused where it is something else. Pure.
final class JobLabels {
    private static final String UID = "batch.kubernetes.io/controller-uid";
    private static final String SELECTOR = "selector";
    private static final int LONGEST_MANAGER = 63;

    private JobLabels() {
    }

    /// In the order in which upstream looks for them; two are from before labels had prefixes.
    private static Map<String, String> expected(Struct job) {
        String uid = job.struct("metadata").text("uid");
        String name = job.struct("metadata").text("name");
        Map<String, String> map = new LinkedHashMap<>();
        map.put(UID, uid);
        map.put("batch.kubernetes.io/job-name", name);
        map.put("controller-uid", uid);
        map.put("job-name", name);
        return map;
    }

    /// The Job with its labels in the template and with its selector; the same as long as it has no identity.
    static Struct generated(Struct job) {
        Struct metadata = job.struct("metadata");
        if (metadata.text("uid").isEmpty() || metadata.text("name").isEmpty()) {
            return job;
        }
        Struct labels = job.struct("spec").struct("template").struct("metadata").struct("labels");
        Struct all = labels;
        for (Map.Entry<String, String> label : expected(job).entrySet()) {
            all = all.has(label.getKey()) ? all : all.with(label.getKey(), label.getValue());
        }
        Struct o = all == labels ? job : job.withAt(all, "spec", "template", "metadata", "labels");
        boolean selects = job.struct("spec").struct(SELECTOR).struct("matchLabels").has(UID);
        return selects ? o : o.withAt(metadata.text("uid"), "spec", SELECTOR, "matchLabels", UID);
    }

    /// Checks the labels of a new Job and that its selector fits them.
    ///
    /// @param p the root
    static void check(Struct job, Problems p) {
        Struct spec = job.struct("spec");
        if (spec.flag("manualSelector") || !spec.has(SELECTOR)) {
            return;
        }
        if (job.struct("metadata").text("uid").isEmpty()) {
            p.at("metadata.uid").required("");
        }
        Struct labels = spec.struct("template").struct("metadata").struct("labels");
        Map<String, String> expected = expected(job);
        expected.forEach((name, value) -> {
            Problems at = p.at("spec.template.metadata.labels").key(name);
            if (!labels.has(name)) {
                at.required("must be '" + value + "'");
            } else if (!labels.text(name).equals(value)) {
                at.invalid(labels, "must be '" + value + "'");
            }
        });
        try {
            if (!Selector.of(spec.struct(SELECTOR)).matches(expected)) {
                p.at("spec").at(SELECTOR).invalid(spec.struct(SELECTOR), "`selector` not auto-generated");
            }
        } catch (IllegalArgumentException e) {
            // told with the selector
        }
    }

    /// Checks the name of a controller that is to run the Job: a domain and a path.
    static void manager(String name, Problems p) {
        if (name.isEmpty()) {
            p.required("");
        } else {
            DomainPaths.check(name, p::invalid);
        }
        if (name.length() > LONGEST_MANAGER) {
            p.tooLong(LONGEST_MANAGER);
        }
    }
}
