package io.k3j.admissioncore;

import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;

/// Refuses every write in a namespace that is not there, deletions too. Only where
/// `--kube-apiserver-arg=enable-admission-plugins` names it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#namespaceexists>.
@Component(service = Admission.class, property = "order:Integer=40", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class NamespaceExists implements Admission {
    private final boolean enabled;
    private final Listers listers;

    /// Looks at the flag.
    @Activate
    public NamespaceExists(AdmissionSettings settings, @Reference Listers listers) {
        this(listers, settings.kubeApiserverArg());
    }

    NamespaceExists(Listers listers, String... arguments) {
        this.listers = listers;
        this.enabled = OptionalPlugins.enabled(name(), arguments);
    }

    @Override
    public String name() {
        return "NamespaceExists";
    }

    @Override
    public boolean handles(Write write) {
        return enabled && write.operation() != Operation.CONNECT && write.kind().namespaced()
                && !WriteAttributes.of(write, "", "namespaces");
    }

    @Override
    public void validate(Write write, Struct object) {
        String name = write.key().namespace();
        if (listers.namespace(name).isEmpty()) {
            throw ApiFault.notFound(Listers.NAMESPACES, name);
        }
    }
}
