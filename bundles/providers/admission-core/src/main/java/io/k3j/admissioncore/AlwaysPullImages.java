package io.k3j.admissioncore;

import io.k3j.admissionkit.ImagePullPolicies;
import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.admissionkit.WriteAttributes;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/// Has images of pods pulled at each start, so that nobody uses an image of the node without the credentials for it.
/// Only where `--kube-apiserver-arg=enable-admission-plugins` names it. An update without new images is left alone. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#alwayspullimages>.
@Component(service = Admission.class, property = "order:Integer=100", configurationPid = "io.k3j.admissioncore",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class AlwaysPullImages implements Admission {
    private final boolean enabled;

    /// Looks at the flag.
    @Activate
    public AlwaysPullImages(AdmissionSettings settings) {
        this(settings.kubeApiserverArg());
    }

    AlwaysPullImages(String... arguments) {
        enabled = OptionalPlugins.enabled(name(), arguments);
    }

    @Override
    public String name() {
        return "AlwaysPullImages";
    }

    @Override
    public boolean handles(Write write) {
        return enabled && WriteAttributes.createsOrUpdates(write, "pods");
    }

    @Override
    public Struct admit(Write write, Struct pod) {
        return unchanged(write, pod) ? pod : ImagePullPolicies.always(pod);
    }

    @Override
    public void validate(Write write, Struct pod) {
        List<String> wrong = unchanged(write, pod) ? List.of() : ImagePullPolicies.problems(pod);
        if (!wrong.isEmpty()) {
            throw ApiFault.forbidden(Listers.PODS, write.key().name(),
                    wrong.size() == 1 ? wrong.getFirst() : "[" + String.join(", ", wrong) + "]");
        }
    }

    private static boolean unchanged(Write write, Struct pod) {
        return write.before()
                .filter(before -> ImagePullPolicies.images(before).containsAll(ImagePullPolicies.images(pod)))
                .isPresent();
    }
}
