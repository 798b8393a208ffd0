package io.k3j.webhookclient;

import io.k3j.codec.Document;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.httpproxy.HttpProxy;
import io.k3j.model.Struct;
import io.k3j.pki.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Reads a kubeconfig for [WebhookKubeconfig]. Tells all problems at once, as upstream's `ConfirmUsable`; what a
/// kubeconfig may say and is not done here is a problem too. Of what it reads it repeats names and paths only.
final class WebhookKubeconfigReader {
    private static final List<String> USER_FIELDS = List.of("exec", "auth-provider");
    private static final String AUTHORITIES = "certificate-authority";
    private static final String CERTIFICATE = "client-certificate";
    private static final String KEY = "client-key";
    private final Path file;
    private final Map<String, String> environment;
    private final LongSupplier nanos;
    private final List<String> problems = new ArrayList<>();

    /// @param nanos a clock that only goes forward, by which files are read again
    WebhookKubeconfigReader(Path file, Map<String, String> environment, LongSupplier nanos) {
        this.file = file;
        this.environment = environment;
        this.nanos = nanos;
    }

    WebhookKubeconfig read() throws IOException {
        Struct config = parsed();
        if (config.isEmpty()) {
            throw invalid("no configuration has been provided, try setting KUBERNETES_MASTER environment variable");
        }
        String current = config.text("current-context");
        if (!current.isEmpty() && config.seq("contexts").find("name", current).isEmpty()) {
            problems.add("context was not found for specified context: " + current);
        }
        KubeconfigSection context = KubeconfigSection.of(config, "contexts", "context", current);
        KubeconfigSection user = KubeconfigSection.of(config, "users", "user", context.text("user"));
        KubeconfigSection cluster = KubeconfigSection.of(config, "clusters", "cluster", context.text("cluster"));
        checkUser(user);
        URI server = server(cluster);
        Optional<WebhookProxy> named = proxy(cluster);
        boolean secure = "https".equals(server.getScheme());
        RereadFiles<SSLContext> tls = secure ? tls(cluster, user) : null;
        WebhookKubeconfig.Credential credential = secure ? credential(user) : () -> "";
        confirm();
        Optional<WebhookProxy> proxy = named.isPresent() ? named : environmentProxy(server);
        return new WebhookKubeconfig(new WebhookRoute(server, cluster.text("tls-server-name"), proxy), tls, credential,
                ImpersonatedUser.headers(user));
    }

    /// Its users alone, each by its name; of several of one name the first one counts.
    WebhookUsers users() throws IOException {
        Struct config = parsed();
        Map<String, WebhookUsers.User> users = new HashMap<>();
        for (Struct each : config.seq("users").structs()) {
            KubeconfigSection user = new KubeconfigSection(each.text("name"), each.struct("user"));
            checkUser(user);
            users.putIfAbsent(user.name(), new WebhookUsers.User(certificate(user), credential(user),
                    ImpersonatedUser.headers(user)));
        }
        confirm();
        return new WebhookUsers(users, config.seq("contexts").find("name", config.text("current-context"))
                .struct("context").text("user"));
    }

    private void confirm() throws IOException {
        if (!problems.isEmpty()) {
            throw invalid(problems.size() == 1 ? problems.getFirst() : "[" + String.join(", ", problems) + "]");
        }
    }

    private static IOException invalid(String problem) {
        return new IOException("invalid configuration: " + problem);
    }

    private Struct parsed() throws IOException {
        try {
            List<Document> documents = Yaml.documents(KubeconfigText.bytes(file));
            return documents.isEmpty() ? Struct.EMPTY : documents.getFirst().object();
        } catch (MalformedInput damaged) {
            // what follows the first line is a part of the file
            throw new IOException("error loading config file \"" + file + "\": "
                    + String.valueOf(damaged.getMessage()).lines().findFirst().orElse(""));
        } catch (IOException unreadable) {
            throw new IOException(KubeconfigText.said("stat", file, unreadable), unreadable);
        }
    }

    private Optional<WebhookProxy> proxy(KubeconfigSection cluster) {
        String url = cluster.text("proxy-url");
        try {
            return url.isEmpty() ? Optional.empty() : Optional.of(WebhookProxy.parse(url));
        } catch (IllegalArgumentException e) {
            problems.add("invalid 'proxy-url' for cluster \"" + cluster.name() + "\": " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<WebhookProxy> environmentProxy(URI server) throws IOException {
        try {
            return HttpProxy.of(environment, server).map(WebhookProxy::of);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private URI server(KubeconfigSection cluster) {
        String given = cluster.text("server");
        if (given.isEmpty()) {
            problems.add(cluster.values().isEmpty() ? "cluster has no server defined"
                    : cluster.name().isEmpty() ? "default cluster has no server defined"
                            : "no server found for cluster \"" + cluster.name() + "\"");
            return URI.create("");
        }
        try {
            URI url = new URI(given);
            boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
            if (http && url.getHost() != null && url.getRawUserInfo() == null) {
                return new URI(url.getScheme() + "://" + url.getRawAuthority() + path(url));
            }
        } catch (URISyntaxException e) {
            // told below, without what it holds
        }
        problems.add("the server of cluster \"" + cluster.name() + "\" must be like https://host[:port][/path]");
        return URI.create("");
    }

    private static String path(URI url) {
        String path = ClientConfig.path(url);
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private void checkUser(KubeconfigSection user) {
        USER_FIELDS.stream().filter(user.values()::has).forEach(field -> problems.add(field + " of user \""
                + user.name() + "\" is not supported by K3j; leave it out"));
        List<String> methods = new ArrayList<>();
        if (!user.text("token").isEmpty()) {
            methods.add("token");
        }
        if (!user.text("username").isEmpty() || !user.text("password").isEmpty()) {
            methods.add("basicAuth");
        }
        if (methods.size() > 1) {
            problems.add("more than one authentication method found for " + user.name() + "; found ["
                    + String.join(" ", methods) + "], only one is allowed");
        }
        String impersonation = ImpersonatedUser.problem(user);
        if (!impersonation.isEmpty()) {
            problems.add(impersonation);
        }
    }

    private @Nullable RereadFiles<SSLContext> tls(KubeconfigSection cluster, KubeconfigSection user) {
        int before = problems.size();
        KubeconfigText authorities = content(cluster, AUTHORITIES, AUTHORITIES);
        boolean believes = cluster.gives(AUTHORITIES);
        boolean blind = cluster.values().flag("insecure-skip-tls-verify");
        if (blind && believes) {
            problems.add("specifying a root certificates file with the insecure flag is not allowed");
        }
        boolean shows = shows(user);
        KubeconfigTls wanted = new KubeconfigTls(blind, believes, shows, cluster.name(), user.name());
        return made(before, List.of(authorities, shows ? chain(user) : KubeconfigText.NONE,
                shows ? key(user) : KubeconfigText.NONE), wanted::context);
    }

    private Supplier<Optional<ClientTls.Own>> certificate(KubeconfigSection user) {
        int before = problems.size();
        RereadFiles<ClientTls.Own> files = shows(user)
                ? made(before, List.of(chain(user), key(user)), texts -> KubeconfigTls.own(user.name(), texts)) : null;
        if (files == null) {
            return Optional::empty;
        }
        RereadFiles<ClientTls.Own> read = files;
        return () -> Optional.of(read.current());
    }

    /// Null where something is wrong.
    /// @param before so many problems were there before these texts were read
    private <T> @Nullable RereadFiles<T> made(int before, List<KubeconfigText> texts,
            Function<List<String>, T> make) {
        if (problems.size() > before) {
            return null;
        }
        try {
            return new RereadFiles<>(texts, make, nanos);
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return null;
        }
    }

    /// Whether a user has a certificate.
    private boolean shows(KubeconfigSection user) {
        if (!user.gives(CERTIFICATE)) {
            return false;
        }
        if (!user.gives(KEY)) {
            problems.add("client-key-data or client-key must be specified for " + user.name()
                    + " to use the clientCert authentication method.");
        }
        return true;
    }

    private KubeconfigText chain(KubeconfigSection user) {
        return content(user, CERTIFICATE, "client-cert");
    }

    private KubeconfigText key(KubeconfigSection user) {
        return content(user, KEY, KEY);
    }

    /// What a field's `-data` or its file holds; empty for neither.
    private KubeconfigText content(KubeconfigSection in, String field, String called) {
        String data = in.text(field + "-data");
        String path = in.text(field);
        if (!data.isEmpty() && !path.isEmpty()) {
            problems.add(called + "-data and " + called + " are both specified for " + in.name() + ". " + called
                    + "-data will override.");
        }
        try {
            if (!data.isEmpty()) {
                return new KubeconfigText(null,
                        new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8));
            }
            return path.isEmpty() ? KubeconfigText.NONE : KubeconfigText.of(file.resolveSibling(path));
        } catch (IllegalArgumentException e) {
            problems.add(field + "-data of \"" + in.name() + "\" is not base64");
        } catch (IOException e) {
            problems.add("unable to read " + called + " " + path + " for " + in.name() + " due to "
                    + KubeconfigText.said("open", file.resolveSibling(path), e));
        }
        return KubeconfigText.NONE;
    }

    private WebhookKubeconfig.Credential credential(KubeconfigSection user) {
        if (!user.text("tokenFile").isEmpty()) {
            return tokenFile(file.resolveSibling(user.text("tokenFile")));
        }
        String login = user.text("username") + ":" + user.text("password");
        String header = !user.text("token").isEmpty() ? "Bearer " + user.text("token")
                : login.length() == 1 ? ""
                        : "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
        return () -> header;
    }

    private WebhookKubeconfig.Credential tokenFile(Path path) {
        TokenFileCredential token = new TokenFileCredential(path);
        try {
            token.load();
        } catch (IOException e) {
            problems.add(KubeconfigText.said("open", path, e));
        }
        return token;
    }
}
