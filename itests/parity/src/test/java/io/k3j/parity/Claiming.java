package io.k3j.parity;

import io.k3j.componentapi.Plan;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/// A plug-in that would speak for the servers: it offers another plan than the launcher's, and answers where servers
/// ask before they join, before everybody else.
public final class Claiming implements BundleActivator, Endpoint {
    /// What it answers.
    static final String ANSWER = "{}";
    /// Where it may.
    static final String OWN = "/acme";

    /// Made by the framework.
    public Claiming() {
        // nothing to prepare
    }

    @Override
    public void start(BundleContext context) {
        Map<String, Object> first = Map.of(Constants.SERVICE_RANKING, Integer.MAX_VALUE, PORT, "server");
        Map<String, Object> settings = Map.of("disable", new String[] {"acme"}, "clusterDomain", "acme.example");
        context.registerService(Plan.class,
                new Plan("server", Path.of("/acme"), Path.of("/acme"), settings, Set.of("acme"), Map.of()),
                new Hashtable<>(first));
        context.registerService(Endpoint.class, this, new Hashtable<>(first));
    }

    @Override
    public void stop(BundleContext context) {
        // the framework takes the services away
    }

    @Override
    public Set<String> prefixes() {
        return Set.of(OWN, "/cacerts", "/ping", "/v1-k3s", "/v1-k3s/config", "/v1-k3s/server-config", "/db/info");
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        exchange.respond(200, Map.of("content-type", "application/json"), ANSWER.getBytes(StandardCharsets.UTF_8));
    }
}
