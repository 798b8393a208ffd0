package io.k3j.authrbac;

import io.k3j.apimachinery.Names;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.LabelSelectorRules;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Set;

/// What an access review must look like: upstream's `ValidateSubjectAccessReview`, its siblings and its words. Pure.
final class ReviewRules {
    /// What the server owns of metadata, and does not take from a client.
    private static final Set<String> OWN = Set.of("managedFields", "uid", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds", "selfLink");

    private ReviewRules() {
    }

    /// Of a SubjectAccessReview.
    static List<FieldProblem> subject(Struct review) {
        Problems p = Problems.none();
        who(review.struct("spec"), p.at("spec"));
        empty(metadata(review).without("namespace"), "must be empty", p);
        return p.found();
    }

    /// Of a SelfSubjectAccessReview.
    static List<FieldProblem> self(Struct review) {
        Problems p = Problems.none();
        what(review.struct("spec"), p.at("spec"), () -> {
        });
        empty(metadata(review).without("namespace"), "must be empty", p);
        return p.found();
    }

    /// Of a LocalSubjectAccessReview.
    /// @param review with the namespace of its request
    static List<FieldProblem> local(Struct review) {
        Problems p = Problems.none();
        Struct spec = review.struct("spec");
        who(spec, p.at("spec"));
        if (!metadata(review).without("namespace").isEmpty()) {
            p.at("metadata").invalid(metadata(review), "must be empty except for namespace");
        }
        String namespace = spec.struct("resourceAttributes").text("namespace");
        if (spec.has("resourceAttributes") && !namespace.equals(review.struct("metadata").text("namespace"))) {
            p.at("spec.resourceAttributes.namespace").invalid(namespace, "must match metadata.namespace");
        }
        if (spec.has("nonResourceAttributes")) {
            p.at("spec.nonResourceAttributes").invalid(spec.struct("nonResourceAttributes"),
                    "disallowed on this kind of request");
        }
        return p.found();
    }

    private static void who(Struct spec, Problems p) {
        what(spec, p, () -> {
            if (spec.text("user").isEmpty() && spec.seq("groups").isEmpty()) {
                p.at("user").invalid("", "at least one of user or group must be specified");
            }
        });
    }

    /// @param between adds what upstream tells before the selectors
    private static void what(Struct spec, Problems p, Runnable between) {
        boolean resource = spec.has("resourceAttributes");
        if (resource && spec.has("nonResourceAttributes")) {
            p.at("nonResourceAttributes").invalid(spec.struct("nonResourceAttributes"),
                    "cannot be specified in combination with resourceAttributes");
        } else if (!resource && !spec.has("nonResourceAttributes")) {
            p.at("resourceAttributes").invalid(Null.NULL,
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified");
        }
        between.run();
        Struct attributes = spec.struct("resourceAttributes");
        selector(attributes, "fieldSelector", p.at("resourceAttributes"));
        selector(attributes, "labelSelector", p.at("resourceAttributes"));
    }

    /// An operator that is not known passes: it is a newer client's, and limits nothing.
    private static void selector(Struct attributes, String field, Problems p) {
        if (!attributes.has(field)) {
            return;
        }
        Problems at = p.at(field);
        String raw = attributes.struct(field).text("rawSelector");
        Seq all = attributes.struct(field).seq("requirements");
        if (!raw.isEmpty() && !all.isEmpty()) {
            at.at("rawSelector").invalid(raw, "may not specified at the same time as requirements");
        } else if (raw.isEmpty() && all.isEmpty()) {
            at.at("requirements").required("when " + at.path() + " is specified, requirements or rawSelector is"
                    + " required");
        }
        for (int i = 0; i < all.size() && !at.full(); i++) {
            requirement(all.struct(i), field.equals("labelSelector"), at.at("requirements", i));
        }
    }

    private static void requirement(Struct requirement, boolean ofLabel, Problems p) {
        String key = requirement.text("key");
        if (!ofLabel && key.isEmpty()) {
            p.at("key").required("must be specified");
        }
        LabelSelectorRules.values(requirement, p);
        if (ofLabel) {
            p.at("key").invalid(key, Names.qualified(key));
            List<String> values = requirement.seq("values").texts();
            for (int i = 0; i < values.size() && !p.full(); i++) {
                p.at("values", i).invalid(values.get(i), Names.labelValue(values.get(i)));
            }
        }
    }

    private static void empty(Struct metadata, String why, Problems p) {
        if (!metadata.isEmpty()) {
            p.at("metadata").invalid(metadata, why);
        }
    }

    /// What a client has set, but for what is the server's.
    private static Struct metadata(Struct review) {
        Struct.Builder b = Struct.builder();
        review.struct("metadata").forEach((name, value) -> {
            if (!OWN.contains(name)) {
                b.putUnlessEmpty(name, value);
            }
        });
        return b.build();
    }
}
