package io.k3j.authtokens;

import io.k3j.apiserverapi.Connect;
import io.k3j.model.Gvr;
import java.io.IOException;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/// The two documents with which others verify service account tokens. See
/// <https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/>.
@Component(service = {}, immediate = true)
public final class OpenIdDiscovery {
    private final List<ServiceRegistration<Connect>> paths;

    /// Registers both documents, where the issuer is one that OpenID Connect knows.
    @Activate
    public OpenIdDiscovery(@Reference AccountKeys keys, BundleContext context) {
        this.paths = !keys.options().issuers().discoverable() ? List.of() : List.of(
                register(context, new Document("openid/v1/jwks", "application/jwk-set+json", keys::keySet)),
                register(context, new Document(".well-known/openid-configuration", "application/json",
                        keys::configuration)));
    }

    private static ServiceRegistration<Connect> register(BundleContext context, Document document) {
        return context.registerService(Connect.class, document, new Hashtable<>());
    }

    private record Document(String path, String type, Supplier<byte[]> text) implements Connect {
        @Override
        public Gvr resource() {
            return new Gvr("", "", path);
        }

        @Override
        public String subresource() {
            return "";
        }

        @Override
        public void serve(Call call) throws IOException {
            call.exchange().respond(200, Map.of("content-type", type, "cache-control", "public, max-age=3600"),
                    text.get());
        }
    }

    /// Withdraws both documents.
    @Deactivate
    public void stop() {
        paths.forEach(ServiceRegistration::unregister);
    }
}
