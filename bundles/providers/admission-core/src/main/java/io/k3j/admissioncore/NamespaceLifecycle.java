package io.k3j.admissioncore;

import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// Refuses writes in missing namespaces, creates in terminating ones, and the deletion of the system's namespaces.
@Component(service = Admission.class, property = "order:Integer=30")
public final class NamespaceLifecycle implements Admission {
    private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");
    private final Listers listers;

    /// Reads Namespaces from a view.
    @Activate
    public NamespaceLifecycle(@Reference Listers listers) {
        this.listers = listers;
    }

    @Override
    public String name() {
        return "NamespaceLifecycle";
    }

    @Override
    public boolean handles(Write write) {
        boolean namespace = WriteAttributes.of(write, "", "namespaces");
        return write.operation() == Operation.DELETE ? namespace
                : !namespace && write.kind().namespaced() && write.operation() != Operation.CONNECT
                        && !write.kind().gvr().group().equals("authorization.k8s.io");
    }

    @Override
    public Struct admit(Write write, Struct object) {
        if (write.operation() == Operation.DELETE) {
            if (IMMORTAL.contains(write.key().name())) {
                throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), "this namespace may not be deleted");
            }
            return object;
        }
        String name = write.key().namespace();
        Obj namespace = listers.namespace(name).orElseThrow(() -> ApiFault.notFound(Listers.NAMESPACES, name));
        if (write.operation() == Operation.CREATE
                && (namespace.terminating() || namespace.status().text("phase").equals("Terminating"))) {
            throw terminating(write, name);
        }
        return object;
    }

    private static ApiFault terminating(Write write, String name) {
        ApiFault plain = ApiFault.forbidden(write.kind().gvr(), write.key().name(),
                "unable to create new content in namespace " + name + " because it is being terminated");
        Struct cause = Struct.of("reason", "NamespaceTerminating", "message",
                "namespace " + name + " is being terminated", "field", "metadata.namespace");
        return new ApiFault(plain.code(), plain.reason(), String.valueOf(plain.getMessage()),
                plain.details().with("causes", Seq.of(cause)));
    }
}
