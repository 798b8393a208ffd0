package io.k3j.webhookclient;

import io.k3j.pki.ClientTls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// As whom webhooks are asked that objects configure: the users of a kubeconfig, each under the name of the server that
/// it is for, as `hooks.shop.svc`, `hooks.shop.svc:8443` or `*.shop.svc`; `*` is for all others, and the user of the
/// current context where there is none. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#authenticate-apiservers>.
/// It holds credentials, of which its messages tell nothing. Any thread.
public final class WebhookUsers {
    /// Nobody says who asks.
    public static final WebhookUsers NONE = new WebhookUsers(Map.of(), "");
    private static final int HTTPS = 443;
    private final Map<String, User> users;
    private final String current;

    WebhookUsers(Map<String, User> users, String current) {
        this.users = Map.copyOf(users);
        this.current = current;
    }

    /// What is shown to a server.
    /// @param certificate as its files are
    /// @param impersonation headers that say as whom somebody acts, as `Name: value`
    record User(Supplier<Optional<ClientTls.Own>> certificate, WebhookKubeconfig.Credential credential,
            List<String> impersonation) {
        /// Nothing.
        static final User ANONYMOUS = new User(Optional::empty, () -> "", List.of());

        /// The certificate as it is now.
        Optional<ClientTls.Own> own() {
            return certificate.get();
        }
    }

    /// Reads a file, and those it names: keys and certificates again when they change, the file of a token with each
    /// call.
    ///
    /// @throws IOException for what cannot be used, in upstream's words; without a credential
    public static WebhookUsers read(Path file) throws IOException {
        return new WebhookKubeconfigReader(file, Map.of(), System::nanoTime).users();
    }

    /// The one for a server: by its whole name first, then by its domains from the longest on; with the port before
    /// without, which may be left out where it is 443.
    User of(String host, int port) {
        Optional<User> named = named((host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port);
        if (named.isEmpty() && port == HTTPS) {
            named = named(host);
        }
        return named.or(() -> found("*")).or(() -> found(current)).orElse(User.ANONYMOUS);
    }

    private Optional<User> named(String target) {
        Optional<User> named = found(target);
        for (int dot = target.indexOf('.'); dot >= 0 && named.isEmpty(); dot = target.indexOf('.', dot + 1)) {
            named = found("*" + target.substring(dot));
        }
        return named;
    }

    private Optional<User> found(String name) {
        return Optional.ofNullable(users.get(name));
    }
}
