package io.k3j.authtokenwebhook;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentbase.ServerStart;
import io.k3j.componenthelpers.ServiceAccountIssuers;
import io.k3j.webhookclient.KubeconfigClient;
import io.k3j.webhookclient.WebhookKubeconfig;
import java.io.IOException;
import java.nio.file.Path;
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

/// The component: reads flags and kubeconfig, and contributes the authenticator they ask for. A configuration that is
/// wrong ends the process while it starts, as upstream's; later, when a new version of this bundle meets it, that one
/// stops. A webhook that cannot be reached is no reason for either: it is told by the health of `token-webhook`.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.authtokenwebhook",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class TokenWebhook {
    private static final int MOST_ANSWER_BYTES = 1 << 20;
    private final @Nullable TokenWebhookAuthenticator authenticator;
    private final @Nullable ServiceRegistration<?> registration;

    /// The component's settings.
    public @interface Settings {
        /// `--kube-apiserver-arg`, as `name=value`: those of the token webhook.
        String[] kubeApiserverArg() default {};

        /// `--cluster-domain`, which names an audience of the API server.
        String clusterDomain() default "cluster.local";
    }

    /// Reads everything; connects with the first token.
    /// @throws IllegalArgumentException in one sentence
    @Activate
    public TokenWebhook(BundleContext context, Settings settings, @Reference Health health, @Reference Abort abort) {
        HealthScope scope = health.scope("token-webhook");
        try {
            authenticator = authenticator(settings, scope);
        } catch (IllegalArgumentException e) {
            scope.report(HealthLevel.STOPPED, String.valueOf(e.getMessage()));
            if (ServerStart.goesOn(context)) {
                abort.abort(String.valueOf(e.getMessage()));
            }
            throw e;
        }
        Dictionary<String, Object> order = new Hashtable<>(
                Map.of("service.ranking", TokenWebhookAuthenticator.RANKING));
        registration = authenticator == null ? null
                : context.registerService(Authenticator.class, authenticator, order);
        scope.ok();
    }

    private static @Nullable TokenWebhookAuthenticator authenticator(Settings settings, HealthScope scope) {
        TokenWebhookOptions options = TokenWebhookOptions.of(settings.kubeApiserverArg());
        if (!options.problems().isEmpty()) {
            throw new IllegalArgumentException("--kube-apiserver-arg: " + String.join("; ", options.problems()));
        }
        if (options.kubeconfig().isEmpty()) {
            return null;
        }
        ComponentArguments given = ComponentArguments.of("--kube-apiserver-arg", settings.kubeApiserverArg());
        List<String> own = ServiceAccountIssuers.of(settings.clusterDomain(), List.of(),
                given.values("api-audiences")).audiences();
        try {
            return new TokenWebhookAuthenticator(
                    new TokenWebhookAuthenticator.Settings(options, own, TokenWebhookAuthenticator.TIMEOUT,
                            TokenWebhookAuthenticator.STRANGERS, TokenWebhookAuthenticator.KNOWN),
                    new KubeconfigClient(WebhookKubeconfig.read(Path.of(options.kubeconfig()), System.getenv()),
                            new KubeconfigClient.Settings("token-webhook", MOST_ANSWER_BYTES)),
                    scope, System::nanoTime);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--kube-apiserver-arg=authentication-token-webhook-config-file: " + e.getMessage(), e);
        }
    }

    /// Withdraws the authenticator, then ends what reaches the webhook.
    @Deactivate
    void stop() {
        if (registration != null && authenticator != null) {
            registration.unregister();
            authenticator.close();
        }
    }
}
