package io.k3j.admissionkit;

import io.k3j.apiserverapi.Caller;
import io.k3j.clientapi.ApiClient;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;

/// Whether somebody may do something, by SubjectAccessReview.
public final class SubjectAccess {
    private static final Gvr REVIEWS = new Gvr("authorization.k8s.io", "v1", "subjectaccessreviews");

    private SubjectAccess() {
    }

    /// What the review says: `allowed`, and maybe a `reason`.
    ///
    /// @param attributes the `resourceAttributes` of the review
    /// @throws io.k3j.clientapi.ApiFault when nobody can say so now
    public static Struct review(ApiClient api, Caller caller, Struct attributes) {
        Struct spec = Struct.builder().put("user", caller.user()).putUnlessEmpty("uid", caller.uid())
                .putUnlessEmpty("groups", caller.groups()).putUnlessEmpty("extra", caller.extra())
                .put("resourceAttributes", attributes).build();
        return api.post(REVIEWS, Key.of(""), "", Struct.of("apiVersion", "authorization.k8s.io/v1", "kind",
                "SubjectAccessReview", "spec", spec)).struct("status");
    }
}
