package io.k3j.admissioncore;

import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Refuses whatever is no read, also of the servers and kubelets themselves. Only where
/// `--kube-apiserver-arg=enable-admission-plugins` names it. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#alwaysdeny>.
@Component(service = Admission.class, property = "order:Integer=890", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class AlwaysDeny implements Admission {
    private static final System.Logger LOG = System.getLogger("io.k3j.admissioncore");
    private final boolean enabled;

    /// Looks at the flag.
    @Activate
    public AlwaysDeny(AdmissionSettings settings) {
        this(settings.kubeApiserverArg());
    }

    AlwaysDeny(String... arguments) {
        enabled = OptionalPlugins.enabled(name(), arguments);
        if (enabled) {
            LOG.log(System.Logger.Level.WARNING, "AlwaysDeny admission controller is deprecated. Please remove this"
                    + " controller from your configuration files and scripts.");
        }
    }

    @Override
    public String name() {
        return "AlwaysDeny";
    }

    @Override
    public boolean handles(Write write) {
        return enabled;
    }

    @Override
    public Struct admit(Write write, Struct object) {
        throw denied(write);
    }

    @Override
    public void validate(Write write, Struct object) {
        throw denied(write);
    }

    private static ApiFault denied(Write write) {
        return ApiFault.forbidden(write.kind().gvr(), write.key().name(),
                "admission control is denying all modifications");
    }
}
