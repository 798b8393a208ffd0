package io.k3j.authwebhook;

import io.k3j.authwebhook.AuthorizerChain.Step;
import io.k3j.celapi.Cel;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthScope;
import io.k3j.componentbase.ConfigurationFile;
import io.k3j.componentbase.ConfigurationReload;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Flags and file in use: makes the steps they configure, and takes a changed file up. Any thread.
final class ConfiguredAuthorizers implements AutoCloseable, ConfigurationReload.Target {
    /// How long questions under way are waited for when a webhook is not configured any more: longer than any timeout.
    private static final Duration LAST = Duration.ofSeconds(31);
    /// The same at the end of this.
    private static final Duration END = Duration.ofMillis(500);
    private final AuthorizationHealth told;
    private final WebhookAuthorizer.Parts parts;
    private final AuthorizerChain chain;
    private final @Nullable ConfigurationReload reload;
    private final boolean policies;
    private Cel cel;

    /// Reads and checks everything; starts nothing.
    /// @param chain gets the steps
    /// @throws IllegalArgumentException in one sentence
    ConfiguredAuthorizers(AuthorizationOptions options, Cel cel, AuthorizerChain chain, Health health,
            HealthScope scope) {
        if (!options.problems().isEmpty()) {
            throw new IllegalArgumentException("--kube-apiserver-arg: " + String.join("; ", options.problems()));
        }
        this.cel = cel;
        this.chain = chain;
        this.told = new AuthorizationHealth(scope);
        this.parts = new WebhookAuthorizer.Parts(chain.metrics(), told, System.getenv(), System::nanoTime,
                WebhookAuthorizer.BOUNDS);
        this.policies = !options.policyFile().isEmpty();
        if (policies) {
            chain.add(AuthorizationOptions.ABAC,
                    AbacAuthorizer.of(new ConfigurationFile(Path.of(options.policyFile()))), () -> true);
        }
        if (options.configurationFile().isEmpty()) {
            reload = null;
            use(options.authorizers());
        } else {
            ConfigurationFile file = new ConfigurationFile(Path.of(options.configurationFile()));
            byte[] first = bytes(file);
            reload = new ConfigurationReload(file, first, this, health, System::nanoTime);
            use(AuthorizationConfiguration.parse(first, new ConditionCompiler(cel)));
            chain.metrics().reloads().configured(first);
        }
    }

    private static byte[] bytes(ConfigurationFile file) {
        try {
            return file.bytes();
        } catch (IOException e) {
            throw new IllegalArgumentException("--kube-apiserver-arg=authorization-config: cannot read the file: " + e
                    + "; write it there or leave the argument out", e);
        }
    }

    @Override
    public void use(byte[] content) {
        use(AuthorizationConfiguration.parse(content, new ConditionCompiler(engine())))
                .forEach(gone -> gone.close(LAST));
        chain.metrics().reloads().reloaded(content);
    }

    @Override
    public String what() {
        return "authorization config";
    }

    @Override
    public void failed(String why) {
        chain.metrics().reloads().failed();
        told.file(why);
    }

    @Override
    public void unchanged(String trouble) {
        told.file(trouble);
    }

    private synchronized Cel engine() {
        return cel;
    }

    /// Webhooks that stay as they are keep what they know.
    /// @return those that are not asked any more
    private synchronized List<WebhookAuthorizer> use(List<AuthorizerConfiguration> next) {
        ConditionCompiler compiler = new ConditionCompiler(cel);
        List<WebhookAuthorizer> before = new ArrayList<>(chain.webhooks());
        List<WebhookAuthorizer> fresh = new ArrayList<>();
        try {
            chain.use(next.stream().map(one -> step(one, before, fresh, compiler)).toList());
        } catch (IllegalArgumentException e) {
            fresh.forEach(made -> made.close(Duration.ZERO));
            throw e;
        }
        return before;
    }

    private Step step(AuthorizerConfiguration one, List<WebhookAuthorizer> before, List<WebhookAuthorizer> fresh,
            ConditionCompiler compiler) {
        if (one.type().equals(AuthorizationOptions.ABAC) && !policies) {
            throw new IllegalArgumentException("authorizer " + one.name() + ": the type ABAC needs"
                    + " --authorization-policy-file; pass it, or leave the authorizer out");
        }
        if (one.webhook().isEmpty()) {
            return new Step(one, List.of());
        }
        for (WebhookAuthorizer known : before) {
            if (known.configuration().equals(one)) {
                before.remove(known);
                return new Step(one, List.of(known));
            }
        }
        WebhookAuthorizer made = WebhookAuthorizer.of(one, compiler, parts);
        fresh.add(made);
        return new Step(one, List.of(made));
    }

    /// Begins to follow the file.
    void start() {
        if (reload != null) {
            reload.start();
        }
        told.begin();
    }

    /// Looks at the file now.
    void look() throws InterruptedException {
        if (reload != null) {
            reload.look();
        }
    }

    /// Compiles all conditions anew.
    synchronized void compiledBy(Cel engine) {
        cel = engine;
        ConditionCompiler compiler = new ConditionCompiler(engine);
        chain.webhooks().forEach(webhook -> webhook.compiledBy(compiler));
    }

    @Override
    public void close() {
        if (reload != null) {
            reload.close();
        }
        chain.webhooks().forEach(webhook -> webhook.close(END));
    }
}
