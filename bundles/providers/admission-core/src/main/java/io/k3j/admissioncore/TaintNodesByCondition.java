package io.k3j.admissioncore;

import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Component;

/// Taints a new Node `not-ready:NoSchedule`. The node controller removes the taint when the Node is ready.
@Component(service = Admission.class, property = "order:Integer=90")
public final class TaintNodesByCondition implements Admission {
    private static final Struct TAINT = Struct.of("key", "node.kubernetes.io/not-ready", "effect", "NoSchedule");

    @Override
    public String name() {
        return "TaintNodesByCondition";
    }

    @Override
    public boolean handles(Write write) {
        return WriteAttributes.creates(write, "nodes");
    }

    @Override
    public Struct admit(Write write, Struct node) {
        Seq taints = node.struct("spec").seq("taints");
        boolean there = taints.structs().stream().anyMatch(t -> t.text("key").equals(TAINT.text("key"))
                && t.text("effect").equals(TAINT.text("effect")));
        return there ? node : node.withAt(taints.plus(TAINT), "spec", "taints");
    }
}
