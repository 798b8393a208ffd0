package com.example.labelpolicy;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Set;

/// What one object of the kind `LabelPolicy` demands.
///
/// @param name of the object
/// @param resources as `configmaps` and `deployments.apps`
/// @param labels that objects of these resources must carry
/// @param exempt namespaces in which nothing is demanded
/// @param warns whether a write without them passes with a warning
record LabelPolicy(String name, Set<String> resources, List<String> labels, Set<String> exempt, boolean warns) {
    static LabelPolicy of(Obj object) {
        Struct spec = object.spec();
        return new LabelPolicy(object.name(), Set.copyOf(spec.seq("resources").texts()),
                List.copyOf(spec.seq("labels").texts()), Set.copyOf(spec.seq("exemptNamespaces").texts()),
                spec.text("action").equals("Warn"));
    }

    /// Whether it has a say in a write. Objects that are there without the labels may go on, and may go.
    boolean concerns(Write write) {
        return write.operation() == Operation.CREATE && write.subresource().isEmpty()
                && resources.contains(write.kind().gvr().qualified()) && !exempt.contains(write.key().namespace());
    }

    /// What an object lacks, in one sentence; empty when it lacks nothing.
    String objection(Struct object) {
        Struct present = object.struct("metadata").struct("labels");
        List<String> missing = labels.stream().filter(label -> present.text(label).isEmpty()).toList();
        return missing.isEmpty() ? "" : "policy " + name + " demands the labels " + String.join(", ", missing);
    }
}
