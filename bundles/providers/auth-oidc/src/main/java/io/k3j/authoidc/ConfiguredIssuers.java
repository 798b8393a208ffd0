package io.k3j.authoidc;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.celapi.Cel;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentbase.ConfigurationFile;
import io.k3j.componentbase.ConfigurationReload;
import io.k3j.componenthelpers.ServiceAccountIssuers;
import io.k3j.metricstext.ApiServerId;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Flags and file in use: makes the issuers they configure, takes a changed file up, and says how the issuers are. Any
/// thread.
final class ConfiguredIssuers implements AutoCloseable, ConfigurationReload.Target {
    /// How long a changed file waits for its new issuers, as upstream.
    static final Duration UPDATE = Duration.ofMinutes(1);
    private final OidcAuthenticator authenticator = new OidcAuthenticator();
    private final AuthenticationOptions options;
    private final Set<String> disallowed;
    private final HealthScope scope;
    private final OidcMetrics metrics;
    private final JwtAuthenticator.Parts parts;
    private final @Nullable Struct anonymous;
    private final @Nullable ConfigurationReload reload;
    /// Notified when an issuer was tried.
    private final Object attempts = new Object();
    /// Held while what is so is found and told, so that the last that is told is how it is.
    private final Object reporting = new Object();
    private volatile Cel cel;
    private volatile String fileTrouble = "";

    private ConfiguredIssuers(AuthenticationOptions options, Set<String> disallowed, Cel cel, Health health,
            HealthScope scope) throws IOException {
        this.options = options;
        this.disallowed = disallowed;
        this.cel = cel;
        this.scope = scope;
        this.metrics = new OidcMetrics(ApiServerId.ofHost(), InstantSource.system());
        this.parts = new JwtAuthenticator.Parts(options.accepted(), System.getenv(), metrics, health, this::attempted,
                InstantSource.system(), System::nanoTime, RemoteKeySet.WAIT);
        ConfigurationFile file = options.configurationFile().isEmpty() ? null
                : new ConfigurationFile(Path.of(options.configurationFile()));
        byte[] bytes = file == null ? new byte[0] : file.bytes();
        AuthenticationConfiguration configuration = file == null ? options.configuration() : parsed(file.path(), bytes);
        this.anonymous = configuration.anonymous();
        ClaimExpressions compiler = validated(configuration);
        metrics.reloads().configured(bytes);
        this.reload = file == null ? null : new ConfigurationReload(file, bytes, this, health, parts.nanos());
        authenticator.use(next(configuration, compiler));
    }

    /// Reads and checks everything; starts nothing.
    /// @throws IllegalArgumentException in one sentence
    static ConfiguredIssuers of(StructuredAuthentication.Settings settings, Cel cel, Health health,
            HealthScope scope) {
        AuthenticationOptions options = AuthenticationOptions.of(settings.kubeApiserverArg());
        if (!options.problems().isEmpty()) {
            throw new IllegalArgumentException("--kube-apiserver-arg: " + String.join("; ", options.problems()));
        }
        ComponentArguments given = ComponentArguments.of("--kube-apiserver-arg", settings.kubeApiserverArg());
        Set<String> own = ServiceAccountIssuers.of(settings.clusterDomain(), given.values("service-account-issuer"),
                List.of()).accepted();
        try {
            return new ConfiguredIssuers(options, own, cel, health, scope);
        } catch (IOException e) {
            String flag = options.configurationFile().isEmpty() ? "oidc-ca-file" : "authentication-config";
            throw new IllegalArgumentException("--kube-apiserver-arg=" + flag + ": cannot read the file: " + e
                    + "; write it there or leave the argument out", e);
        }
    }

    private AuthenticationConfiguration parsed(Path file, byte[] bytes) {
        AuthenticationConfiguration configuration;
        try {
            configuration = AuthenticationConfiguration.parse(bytes);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("failed to load authentication configuration from file \"" + file
                    + "\": " + e.getMessage(), e);
        }
        if (configuration.anonymous() != null && options.anonymousSet()) {
            throw new IllegalArgumentException(FieldProblem.forbidden("anonymous", "--anonymous-auth flag cannot be set"
                    + " when anonymous field is configured in authentication configuration file").toString());
        }
        return configuration;
    }

    /// @return who has compiled its expressions
    private ClaimExpressions validated(AuthenticationConfiguration configuration) {
        ClaimExpressions compiler = new ClaimExpressions(cel);
        List<FieldProblem> problems = new ArrayList<>(
                ConfigurationRules.problems(configuration, disallowed, compiler));
        if (!Objects.equals(anonymous, configuration.anonymous())) {
            problems.add(FieldProblem.forbidden("anonymous", "changed from initial configuration file"));
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "invalid authentication configuration: " + AuthenticationConfiguration.joined(problems));
        }
        if (configuration.jwt().stream().anyMatch(j -> j.issuer().egressSelectorType().equals("controlplane"))) {
            // K3s' egress selector configuration has the other one alone
            throw new IllegalArgumentException("oidc: egress lookup for \"controlplane\" is not configured; leave"
                    + " issuer.egressSelectorType out");
        }
        return compiler;
    }

    private Issuers next(AuthenticationConfiguration configuration, ClaimExpressions compiler) {
        return authenticator.issuers().next(configuration.jwt(),
                jwt -> new JwtAuthenticator(jwt, new ClaimMapper(jwt, compiler), parts), parts.clock());
    }

    OidcMetrics metrics() {
        return metrics;
    }

    OidcAuthenticator authenticator() {
        return authenticator;
    }

    /// Begins to reach issuers, and to follow the file.
    void start() {
        authenticator.issuers().all().forEach(JwtAuthenticator::start);
        if (reload != null) {
            reload.start();
        }
        report();
    }

    /// Compiles all expressions anew.
    synchronized void compiledBy(Cel engine) {
        cel = engine;
        ClaimExpressions compiler = new ClaimExpressions(engine);
        authenticator.issuers().all().forEach(a -> a.use(new ClaimMapper(a.configuration(), compiler)));
    }

    private void attempted() {
        synchronized (attempts) {
            attempts.notifyAll();
        }
        report();
    }

    /// Nothing is said before each issuer was tried once: until then a predecessor goes on.
    private void report() {
        synchronized (reporting) {
            Issuers issuers = authenticator.issuers();
            if (!issuers.attempted()) {
                return;
            }
            String trouble = issuers.trouble().isEmpty() ? fileTrouble : issuers.trouble();
            if (trouble.isEmpty()) {
                scope.ok();
            } else {
                scope.degraded(trouble);
            }
        }
    }

    /// The issuers before stay in use until each new one could be reached.
    @Override
    public void use(byte[] content) throws IOException, InterruptedException {
        AuthenticationConfiguration configuration = AuthenticationConfiguration.parse(content);
        ClaimExpressions compiler = validated(configuration);
        Issuers before = authenticator.issuers();
        Issuers next = next(configuration, compiler);
        List<JwtAuthenticator> fresh = next.without(before);
        boolean used = false;
        try {
            fresh.forEach(JwtAuthenticator::start);
            await(fresh);
            synchronized (this) {
                authenticator.use(next);
                used = true;
                compiledBy(cel);
            }
        } finally {
            (used ? before.without(next) : fresh).forEach(JwtAuthenticator::close);
        }
        next.gone(before).forEach(metrics::forget);
        metrics.reloads().reloaded(content);
    }

    private void await(List<JwtAuthenticator> fresh) throws IOException, InterruptedException {
        long end = System.nanoTime() + UPDATE.toNanos();
        synchronized (attempts) {
            for (String trouble = trouble(fresh); !trouble.isEmpty(); trouble = trouble(fresh)) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new IOException(trouble);
                }
                TimeUnit.NANOSECONDS.timedWait(attempts, left);
            }
        }
    }

    private static String trouble(List<JwtAuthenticator> of) {
        return of.stream().map(JwtAuthenticator::trouble).filter(t -> !t.isEmpty()).findFirst().orElse("");
    }

    @Override
    public String what() {
        return "authentication config";
    }

    @Override
    public void failed(String why) {
        metrics.reloads().failed();
        unchanged(why);
    }

    @Override
    public void unchanged(String trouble) {
        fileTrouble = trouble;
        report();
    }

    @Override
    public void close() {
        if (reload != null) {
            reload.close();
        }
        authenticator.issuers().all().forEach(JwtAuthenticator::close);
    }
}
