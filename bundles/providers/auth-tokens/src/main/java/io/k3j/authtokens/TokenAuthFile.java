package io.k3j.authtokens;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apiserverapi.Authenticator;
import io.k3j.componentapi.Abort;
import io.k3j.componentbase.ServerStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;

/// Contributes the authenticator of static tokens where `--kube-apiserver-arg=token-auth-file` names their file. A file
/// that is wrong ends the process while it starts, as upstream's; later, when a new version of this bundle meets it,
/// that one has no static tokens.
@Component(service = {}, immediate = true, configurationPid = "io.k3j.authtokens",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class TokenAuthFile {
    private static final String ARGUMENT = "token-auth-file";
    private final @Nullable ServiceRegistration<?> registration;

    /// Reads the file.
    /// @throws IllegalArgumentException for one that is wrong
    @Activate
    public TokenAuthFile(BundleContext context, TokenSettings settings,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable Abort abort) {
        try {
            registration = tokens(settings.kubeApiserverArg()).map(t -> context.registerService(Authenticator.class, t,
                    new Hashtable<>(Map.of("service.ranking", StaticTokens.RANKING)))).orElse(null);
        } catch (IllegalArgumentException e) {
            if (abort != null && ServerStart.goesOn(context)) {
                abort.abort(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /// The tokens of the file that arguments name.
    static Optional<StaticTokens> tokens(String... arguments) {
        ComponentArguments given = ComponentArguments.of("--kube-apiserver-arg", arguments);
        Optional<String> file = given.value(ARGUMENT).filter(name -> !name.isEmpty());
        try {
            return file.isEmpty() ? Optional.empty() : Optional.of(StaticTokens.of(Path.of(file.get())));
        } catch (IOException e) {
            throw wrong(file.orElse(""), "cannot be read: " + e, e);
        } catch (IllegalArgumentException e) {
            throw wrong(file.orElse(""), String.valueOf(e.getMessage()), e);
        }
    }

    private static IllegalArgumentException wrong(String file, String why, Exception cause) {
        return new IllegalArgumentException("--kube-apiserver-arg=" + ARGUMENT + ": token file " + file + " " + why
                + "; write a line token,user,uid,\"group1,group2\" for each token, or leave the argument out", cause);
    }

    /// Withdraws the authenticator.
    @Deactivate
    void stop() {
        if (registration != null) {
            registration.unregister();
        }
    }
}
