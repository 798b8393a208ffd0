package io.k3j.testkit;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;

/// The subresource `scale` of what has `spec.replicas`.
final class Scales {
    private Scales() {
    }

    static Struct of(Obj object, String subresource) {
        if (!subresource.equals("scale")) {
            throw new ApiFault(404, "NotFound", "the server could not find the requested resource", Struct.EMPTY);
        }
        String selector = object.spec().has("selector") ? Selector.of(object.spec().struct("selector")).toString() : "";
        return Struct.of("apiVersion", "autoscaling/v1", "kind", "Scale", "metadata",
                object.document().struct("metadata"), "spec",
                Struct.of("replicas", object.spec().whole("replicas", 0)), "status",
                Struct.of("replicas", object.status().whole("replicas", 0), "selector", selector));
    }
}
