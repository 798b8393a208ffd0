package io.k3j.controllersworkload;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;

/// Creates pods from templates.
final class PodTemplates {
    private static final int LONGEST_PREFIX = 253;

    private PodTemplates() {
    }

    /// A pod of an owner, named by the server.
    static Obj pod(Obj owner, Struct template) {
        String prefix = owner.name() + "-";
        String fits = prefix.length() > LONGEST_PREFIX ? "" : prefix;
        return pod(owner, template, "generateName", fits);
    }

    /// A pod of an owner, with its name (`name`) or a name prefix (`generateName`).
    static Obj pod(Obj owner, Struct template, String nameField, String name) {
        Struct given = template.struct("metadata");
        Struct metadata = Struct.builder().put(nameField, name).put("namespace", owner.namespace())
                .putUnlessEmpty("labels", given.get("labels")).putUnlessEmpty("annotations", given.get("annotations"))
                .putUnlessEmpty("finalizers", given.get("finalizers"))
                .put("ownerReferences", List.of(owner.ownerReference())).build();
        return Obj.of(
                Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", metadata, "spec", template.struct("spec")));
    }
}
