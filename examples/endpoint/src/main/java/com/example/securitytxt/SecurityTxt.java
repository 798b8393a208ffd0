package com.example.securitytxt;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthScope;
import io.k3j.controllerkit.LiveView;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/// The component: follows the ConfigMap, and is the endpoint, on the port of the API. Answers on while the API server
/// is replaced.
@Component(service = Endpoint.class, immediate = true, property = Endpoint.PORT + "=server")
public final class SecurityTxt implements Endpoint, View.Listener {
    static final Gvr CONFIG_MAPS = new Gvr("", "v1", "configmaps");
    private static final Key TEXT = new Key("kube-system", "security-txt");
    private static final String FIELD = "security.txt";
    private final HealthScope health;
    private final LiveView texts = new LiveView(CONFIG_MAPS,
            Query.in(TEXT.namespace()).where("metadata.name", TEXT.name()), InstantSource.system());
    private final Endpoint endpoint = new TextEndpoint(
            () -> texts.get(TEXT).map(found -> found.tree().struct("data").text(FIELD)).orElse(""));

    /// Returns at once: the view tells when it is complete. Without the right to read it tries on.
    @Activate
    public SecurityTxt(@Reference Health health) {
        this.health = health.scope("security-txt");
        this.health.report(HealthLevel.STARTING, "waits until it may read " + CONFIG_MAPS.qualified());
        texts.listen(this);
    }

    /// Follows the newest client; the text stays while there is none.
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindApi(ApiClient api) {
        texts.attach(api);
    }

    void unbindApi(ApiClient api) {
        // its views end with it, and its successor is followed by then
    }

    @Override
    public void changed(Obj before, Obj after) {
        // the view has the object
    }

    @Override
    public void synced() {
        health.ok();
    }

    @Override
    public Set<String> prefixes() {
        return endpoint.prefixes();
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        endpoint.serve(exchange);
    }

    /// Ends what was begun.
    @Deactivate
    public void stop() {
        texts.close();
    }
}
