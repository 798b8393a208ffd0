package io.k3j.authoidc;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Authenticator.Credentials;
import io.k3j.apiserverapi.Caller;
import io.k3j.cel.CelService;
import io.k3j.celapi.Cel;
import io.k3j.componentapi.Abort;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentapi.Metrics;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/// What flags and a file lead to: at the start, when the file changes, and at the end.
class StructuredAuthenticationTest {
    @TempDir
    private Path directory;
    private final List<Object> registered = new CopyOnWriteArrayList<>();
    private final List<String> reports = new CopyOnWriteArrayList<>();
    private final List<String> aborted = new CopyOnWriteArrayList<>();
    private boolean ready;
    private TestIssuer server;
    private StructuredAuthentication running;

    @BeforeEach
    void serve() throws Exception {
        server = new TestIssuer();
    }

    @AfterEach
    void close() {
        if (running != null) {
            running.stop();
        }
        server.close();
    }

    private static <T> T proxy(Class<T> type, InvocationHandler does) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, does));
    }

    private BundleContext context() {
        return proxy(BundleContext.class, (_, method, given) -> switch (method.getName()) {
            case "registerService" -> {
                registered.add(given[1]);
                yield proxy(ServiceRegistration.class, (_, _, _) -> {
                    registered.remove(given[1]);
                    return null;
                });
            }
            case "getServiceReferences" -> ready ? List.of(proxy(ServiceReference.class, (_, _, _) -> null))
                    : List.of();
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private Health health() {
        return new Health() {
            @Override
            public HealthScope scope(String component) {
                return new HealthScope() {
                    @Override
                    public void report(HealthLevel level, String message) {
                        reports.add(level + " " + message);
                    }

                    @Override
                    public void close() {
                        // nothing to forget
                    }
                };
            }

            @Override
            public List<HealthReport> reports() {
                return List.of();
            }
        };
    }

    private void begin(String... flags) {
        begin(new CelService(), flags);
    }

    private void begin(Cel engine, String... flags) {
        StructuredAuthentication.Settings settings = proxy(StructuredAuthentication.Settings.class,
                (_, method, _) -> method.getName().equals("clusterDomain") ? "cluster.local" : flags);
        Abort abort = aborted::add;
        StructuredAuthentication made = new StructuredAuthentication(context(), settings, health(), abort);
        made.bindCel(engine);
        made.begin();
        running = made;
    }

    private Path file() {
        return directory.resolve("authentication.yaml");
    }

    private void write(String jwt) throws IOException {
        Path fresh = Files.writeString(directory.resolve("fresh"), "apiVersion: apiserver.config.k8s.io/v1\n"
                + "kind: AuthenticationConfiguration\n" + jwt);
        Files.move(fresh, file(), StandardCopyOption.REPLACE_EXISTING);
    }

    private String jwt(String username) {
        return "jwt:\n- issuer:\n    url: " + server.url() + "\n    audiences: [me]\n    certificateAuthority: |\n"
                + server.authorities().indent(6) + "  claimMappings:\n    username: " + username + "\n";
    }

    private Optional<Caller> asked() throws BadCredential {
        Optional<Authenticator> authenticator = registered.stream().filter(Authenticator.class::isInstance)
                .map(Authenticator.class::cast).findFirst();
        return authenticator
                .isEmpty()
                        ? Optional.empty() : authenticator.get()
                                .authenticate(new Credentials(List.of(), TestIssuer.token(
                                        server.claims().with("exp", Instant.now().getEpochSecond() + 3600)),
                                        List.of()));
    }

    private void becomes(String user) throws InterruptedException {
        Waiting.until("tokens stand for " + user, () -> asked().orElseThrow().user().equals(user));
    }

    private String metrics() {
        return registered.stream().filter(Metrics.class::isInstance).map(Metrics.class::cast).findFirst().orElseThrow()
                .text();
    }

    @Test
    void flagsOfOneIssuerMakeAnAuthenticator() throws Exception {
        Path authorities = Files.writeString(directory.resolve("ca.pem"), server.authorities());
        begin("oidc-issuer-url=" + server.url(), "oidc-client-id=me", "oidc-ca-file=" + authorities,
                "oidc-username-prefix=oidc:");
        becomes("oidc:jane");
        Waiting.until("it is well", () -> reports.contains("OK "));
        running.stop();
        assertThat(registered).isEmpty();
    }

    @Test
    void aChangedFileIsTakenUpAndAWrongOneChangesNothing() throws Exception {
        write(jwt("{claim: sub, prefix: 'a:'}"));
        begin("authentication-config=" + file());
        becomes("a:jane");
        write(jwt("{expression: \"'b:' + claims.sub\"}"));
        becomes("b:jane");
        Waiting.until("it is counted", () -> metrics().contains("automatic_reloads_total{status=\"success\""));
        write(jwt("{claim: sub}"));
        Waiting.until("it is told", () -> reports.getLast().contains("prefix is required when claim is set"));
        assertThat(reports.getLast()).startsWith("DEGRADED invalid authentication configuration: jwt[0]");
        assertThat(asked().orElseThrow().user()).isEqualTo("b:jane");
        assertThat(metrics()).contains("automatic_reloads_total{status=\"failure\"",
                "automatic_reload_last_timestamp_seconds{status=\"failure\"", "last_config_info{apiserver_id_hash=");
        write("anonymous: {enabled: true}\n" + jwt("{claim: sub, prefix: 'c:'}"));
        Waiting.until("it is told", () -> reports.getLast().contains("changed from initial configuration file"));
        write("jwt: []\n");
        Waiting.until("nobody's tokens are taken", () -> asked().isEmpty());
        Waiting.until("it is well again", () -> reports.getLast().equals("OK "));
    }

    @Test
    void aFileWhoseIssuerIsAwayWaitsForIt() throws Exception {
        write(jwt("{claim: sub, prefix: 'a:'}"));
        begin("authentication-config=" + file());
        becomes("a:jane");
        server.at("/.well-known/openid-configuration", exchange -> exchange.sendResponseHeaders(503, -1));
        write(jwt("{claim: sub, prefix: 'b:'}"));
        Waiting.until("the issuer was asked", () -> reports.size() > 1);
        assertThat(asked().orElseThrow().user()).isEqualTo("a:jane");
    }

    @Test
    void anotherEngineCompilesEverythingAnew() throws Exception {
        write(jwt("{expression: claims.sub}"));
        begin("authentication-config=" + file());
        becomes("jane");
        running.bindCel(new CelService());
        becomes("jane");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// What compiles expressions takes long to be loaded.
    @Test
    void aStartDoesNotWaitForExpressions() throws Exception {
        write(jwt("{expression: claims.sub}"));
        Thread starts = Thread.currentThread();
        CountDownLatch loaded = new CountDownLatch(1);
        Cel engine = declarations -> {
            assertThat(Thread.currentThread()).isNotEqualTo(starts);
            await(loaded);
            return new CelService().environment(declarations);
        };
        begin(engine, "authentication-config=" + file());
        assertThat(asked()).isEmpty();
        assertThat(reports).isEmpty();
        loaded.countDown();
        becomes("jane");
    }

    private void endsTheStart(String why, String... flags) throws InterruptedException {
        begin(flags);
        Waiting.until("the start ends", () -> !aborted.isEmpty());
        assertThat(aborted).singleElement().asString().contains(why);
        assertThat(reports.getLast()).startsWith("STOPPED ").contains(why);
        assertThat(registered).isEmpty();
    }

    @Test
    void aWrongFlagEndsTheStart() throws Exception {
        endsTheStart("oidc-issuer-url and oidc-client-id must be specified together", "oidc-groups-claim=a");
    }

    @Test
    void aFileThatIsNotThereEndsTheStart() throws Exception {
        endsTheStart("--kube-apiserver-arg=authentication-config: cannot read the file",
                "authentication-config=" + file());
    }

    @Test
    void aFileThatIsNoneEndsTheStart() throws Exception {
        write("jwts: []\n");
        endsTheStart("failed to load authentication configuration from file \"" + file()
                + "\": strict decoding error: unknown field \"jwts\"", "authentication-config=" + file());
    }

    @Test
    void aWrongFileEndsTheStart() throws Exception {
        write("jwt: [{issuer: {url: 'https://kubernetes.default.svc.cluster.local', audiences: [a]}, claimMappings:"
                + " {username: {claim: sub, prefix: ''}}}]\n");
        endsTheStart("invalid authentication configuration: jwt[0].issuer.url: Invalid value:"
                + " \"https://kubernetes.default.svc.cluster.local\": URL must not overlap with disallowed issuers",
                "authentication-config=" + file());
    }

    @Test
    void aWrongExpressionEndsTheStart() throws Exception {
        write(jwt("{expression: claim.sub}"));
        endsTheStart("invalid authentication configuration: jwt[0].claimMappings.username.expression: Invalid value:"
                + " \"claim.sub\": ", "authentication-config=" + file());
    }

    @Test
    void anEgressSelectorThatK3sDoesNotConfigureEndsTheStart() throws Exception {
        write(jwt("{claim: sub, prefix: ''}").replace("    audiences",
                "    egressSelectorType: controlplane\n    audiences"));
        endsTheStart("oidc: egress lookup for \"controlplane\" is not configured", "authentication-config=" + file());
    }

    @Test
    void theOneOfTheClusterReachesNoNames() throws Exception {
        write(jwt("{claim: sub, prefix: ''}").replace("    audiences",
                "    egressSelectorType: cluster\n    audiences"));
        begin("authentication-config=" + file());
        Waiting.until("it is told", () -> !reports.isEmpty());
        assertThat(reports.getLast()).startsWith("DEGRADED ")
                .contains("failed to find Session for client \"localhost\"");
        assertThat(aborted).isEmpty();
    }

    @Test
    void whoIsServedWithoutCredentialsIsSaidOnce() throws Exception {
        write("anonymous: {enabled: true}\n");
        endsTheStart("anonymous: Forbidden: --anonymous-auth flag cannot be set when anonymous field is configured in"
                + " authentication configuration file", "authentication-config=" + file(), "anonymous-auth=true");
    }

    @Test
    void aWrongFileThatIsMetLaterEndsNothingElse() throws Exception {
        ready = true;
        write("jwts: []\n");
        begin("authentication-config=" + file());
        Waiting.until("it is told", () -> !reports.isEmpty());
        assertThat(reports).singleElement().asString().startsWith("STOPPED ").contains("unknown field \"jwts\"");
        assertThat(aborted).isEmpty();
        assertThat(registered).isEmpty();
    }
}
