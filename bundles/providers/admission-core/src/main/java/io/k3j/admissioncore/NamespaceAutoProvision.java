package io.k3j.admissioncore;

import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Makes the namespace of an object that is created, when it is not there. Only where
/// `--kube-apiserver-arg=enable-admission-plugins` names it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#namespaceautoprovision>.
@Component(service = Admission.class, property = "order:Integer=20", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class NamespaceAutoProvision implements Admission {
    private static final int CONFLICT = 409;
    private final boolean enabled;
    private final Listers listers;

    /// Looks at the flag.
    @Activate
    public NamespaceAutoProvision(AdmissionSettings settings, @Reference Listers listers) {
        this(listers, settings.kubeApiserverArg());
    }

    NamespaceAutoProvision(Listers listers, String... arguments) {
        this.listers = listers;
        this.enabled = OptionalPlugins.enabled(name(), arguments);
    }

    @Override
    public String name() {
        return "NamespaceAutoProvision";
    }

    @Override
    public boolean handles(Write write) {
        return enabled && write.operation() == Operation.CREATE && write.kind().namespaced() && !write.dryRun()
                && !WriteAttributes.of(write, "", "namespaces")
                && !write.kind().gvr().group().equals("authorization.k8s.io");
    }

    @Override
    public Struct admit(Write write, Struct object) {
        String name = write.key().namespace();
        if (listers.namespace(name).isPresent()) {
            return object;
        }
        Obj namespace = Obj.of(
                Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata", Struct.of("name", name)));
        try {
            listers.api().create(Listers.NAMESPACES, namespace, WriteOptions.PLAIN);
        } catch (ApiFault e) {
            if (e.code() != CONFLICT) {
                throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), String.valueOf(e.getMessage()));
            }
        }
        return object;
    }
}
