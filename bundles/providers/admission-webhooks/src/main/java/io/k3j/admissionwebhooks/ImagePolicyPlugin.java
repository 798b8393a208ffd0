package io.k3j.admissionwebhooks;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apiserverapi.Admission;
import io.k3j.componentapi.Abort;
import io.k3j.componentbase.ServerStart;
import io.k3j.validation.AdmissionConfiguration;
import io.k3j.webhookclient.KubeconfigClient;
import io.k3j.webhookclient.WebhookKubeconfig;
import java.io.IOException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;

/// Offers ImagePolicyWebhook where `--kube-apiserver-arg=enable-admission-plugins` names it. A configuration that is
/// wrong ends the process while it starts, as upstream's; later, when a new version of this bundle meets it, that one
/// stops.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.admissionwebhooks",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ImagePolicyPlugin {
    private static final int MOST_ANSWER_BYTES = 1 << 20;
    private final @Nullable ImagePolicyWebhook plugin;
    private final @Nullable ServiceRegistration<?> registration;

    /// Reads the configuration; connects with the first pod.
    /// @throws IllegalArgumentException for one that is wrong
    @Activate
    public ImagePolicyPlugin(BundleContext context, AdmissionWebhooks.Settings settings,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        try {
            plugin = plugin(settings.kubeApiserverArg());
        } catch (IllegalArgumentException e) {
            if (abort != null && ServerStart.goesOn(context)) {
                abort.abort(String.valueOf(e.getMessage()));
            }
            throw e;
        }
        Dictionary<String, Object> order = new Hashtable<>(Map.of(Admission.ORDER, ImagePolicyWebhook.PLACE));
        registration = plugin == null ? null : context.registerService(Admission.class, plugin, order);
    }

    /// The plug-in that arguments ask for; null for none.
    static @Nullable ImagePolicyWebhook plugin(String... arguments) {
        ComponentArguments given = ComponentArguments.of("--kube-apiserver-arg", arguments);
        if (!List.of(given.value("enable-admission-plugins").orElse("").split(",")).contains(ImagePolicyWebhook.NAME)) {
            return null;
        }
        return AdmissionConfiguration.of(ImagePolicyWebhook.NAME, List.of(arguments), WebhookCredentials::document,
                section -> made(ImagePolicyConfiguration.of(section)))
                .orElseThrow(() -> new IllegalArgumentException("--kube-apiserver-arg=enable-admission-plugins="
                        + ImagePolicyWebhook.NAME + " needs a section of this name in the file of"
                        + " --kube-apiserver-arg=admission-control-config-file"));
    }

    private static ImagePolicyWebhook made(ImagePolicyConfiguration configuration) {
        try {
            return new ImagePolicyWebhook(configuration, new KubeconfigClient(
                    WebhookKubeconfig.read(configuration.kubeconfig(), System.getenv()),
                    new KubeconfigClient.Settings("image-policy", MOST_ANSWER_BYTES)), System::nanoTime);
        } catch (IOException e) {
            throw new IllegalArgumentException("kubeConfigFile of " + ImagePolicyWebhook.NAME + ": " + e.getMessage(),
                    e);
        }
    }

    /// Withdraws the plug-in, then ends what reaches the webhook.
    @Deactivate
    void stop() {
        if (registration != null && plugin != null) {
            registration.unregister();
            plugin.close();
        }
    }
}
