package io.k3j.webhookclient;

import io.k3j.codec.Document;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.httpproxy.HttpProxy;
import io.k3j.model.Struct;
import io.k3j.pki.ClientTls;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Reads a kubeconfig for [WebhookKubeconfig]. Tells all problems at once, as upstream's `ConfirmUsable`; what a
/// kubeconfig may say and is not done here is a problem too. Of what it reads it repeats names and paths only.
final class WebhookKubeconfigReader {
    /// Files of this kind are longer only by mistake.
    static final int MOST_BYTES = 4 << 20;
    private static final List<String> CLUSTER_FIELDS = List.of("proxy-url", "tls-server-name");
    private static final List<String> USER_FIELDS = List.of("exec", "auth-provider", "as", "as-uid", "as-groups",
            "as-user-extra");
    private final Path file;
    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();

    WebhookKubeconfigReader(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /// A part of a kubeconfig.
    private record Named(String name, Struct values) {
        static Named of(Struct config, String list, String kind, String name) {
            return new Named(name, config.seq(list).find("name", name).struct(kind));
        }

        String text(String field) {
            return values.text(field);
        }
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
        Named context = Named.of(config, "contexts", "context", current);
        Named user = Named.of(config, "users", "user", context.text("user"));
        Named cluster = Named.of(config, "clusters", "cluster", context.text("cluster"));
        checkUser(user);
        URI server = server(cluster);
        boolean secure = "https".equals(server.getScheme());
        SSLContext tls = secure ? tls(cluster, user) : null;
        WebhookKubeconfig.Credential credential = secure ? credential(user) : () -> "";
        confirm();
        return new WebhookKubeconfig(server, tls, credential, proxy(server));
    }

    /// Its users alone, each by its name; of several of one name the first one counts.
    WebhookUsers users() throws IOException {
        Struct config = parsed();
        Map<String, WebhookUsers.User> users = new HashMap<>();
        for (Struct each : config.seq("users").structs()) {
            Named user = new Named(each.text("name"), each.struct("user"));
            checkUser(user);
            users.putIfAbsent(user.name, new WebhookUsers.User(certificate(user), credential(user)));
        }
        confirm();
        return new WebhookUsers(users, config.seq("contexts").find("name", config.text("current-context"))
                .struct("context").text("user"));
    }

    private Optional<ClientTls.Own> certificate(Named user) {
        try {
            return own(user);
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
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
            List<Document> documents = Yaml.documents(bytes(file));
            return documents.isEmpty() ? Struct.EMPTY : documents.getFirst().object();
        } catch (MalformedInput damaged) {
            // what follows the first line is a part of the file
            throw new IOException("error loading config file \"" + file + "\": "
                    + String.valueOf(damaged.getMessage()).lines().findFirst().orElse(""));
        } catch (IOException unreadable) {
            throw new IOException(said("stat", file, unreadable), unreadable);
        }
    }

    private static byte[] bytes(Path from) throws IOException {
        try (InputStream in = Files.newInputStream(from)) {
            byte[] all = in.readNBytes(MOST_BYTES + 1);
            if (all.length > MOST_BYTES) {
                throw new IOException("larger than " + MOST_BYTES + " bytes");
            }
            return all;
        }
    }

    private static String said(String action, Path of, IOException why) {
        return action + " " + of + ": " + switch (why) {
            case NoSuchFileException _ -> "no such file or directory";
            case AccessDeniedException _ -> "permission denied";
            default -> why.getMessage();
        };
    }

    private Optional<HttpProxy> proxy(URI server) throws IOException {
        try {
            return HttpProxy.of(environment, server);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void refuse(Named part, String kind, List<String> fields) {
        fields.stream().filter(part.values::has).forEach(field -> problems.add(field + " of " + kind + " \"" + part.name
                + "\" is not supported by K3j; leave it out"));
    }

    private URI server(Named cluster) {
        refuse(cluster, "cluster", CLUSTER_FIELDS);
        String given = cluster.text("server");
        if (given.isEmpty()) {
            problems.add(cluster.values.isEmpty() ? "cluster has no server defined"
                    : cluster.name.isEmpty() ? "default cluster has no server defined"
                            : "no server found for cluster \"" + cluster.name + "\"");
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
        problems.add("the server of cluster \"" + cluster.name + "\" must be like https://host[:port][/path]");
        return URI.create("");
    }

    private static String path(URI url) {
        String path = ClientConfig.path(url);
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private void checkUser(Named user) {
        refuse(user, "user", USER_FIELDS);
        List<String> methods = new ArrayList<>();
        if (!user.text("token").isEmpty()) {
            methods.add("token");
        }
        if (!user.text("username").isEmpty() || !user.text("password").isEmpty()) {
            methods.add("basicAuth");
        }
        if (methods.size() > 1) {
            problems.add("more than one authentication method found for " + user.name + "; found ["
                    + String.join(" ", methods) + "], only one is allowed");
        }
    }

    private @Nullable SSLContext tls(Named cluster, Named user) {
        String authority = content(cluster, "certificate-authority", "certificate-authority");
        boolean blind = cluster.values.flag("insecure-skip-tls-verify");
        if (blind && !authority.isEmpty()) {
            problems.add("specifying a root certificates file with the insecure flag is not allowed");
        }
        try {
            List<X509Certificate> authorities = Pem.certificates(authority);
            if (!authority.isEmpty() && authorities.isEmpty()) {
                problems.add("unable to load root certificates: no certificate of cluster \"" + cluster.name + "\"");
            }
            Optional<ClientTls.Own> own = own(user);
            if (blind) {
                return own.map(ClientTls::trustingAnybody).orElseGet(Trust::anybody);
            }
            return authorities.isEmpty() ? machine(own) : ClientTls.trusting(authorities, own);
        } catch (IllegalArgumentException | NoSuchAlgorithmException e) {
            problems.add(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static SSLContext machine(Optional<ClientTls.Own> own) throws NoSuchAlgorithmException {
        return own.isPresent() ? ClientTls.trustingMachine(own.get()) : SSLContext.getDefault();
    }

    private Optional<ClientTls.Own> own(Named user) {
        if (user.text("client-certificate").isEmpty() && user.text("client-certificate-data").isEmpty()) {
            return Optional.empty();
        }
        if (user.text("client-key").isEmpty() && user.text("client-key-data").isEmpty()) {
            problems.add("client-key-data or client-key must be specified for " + user.name
                    + " to use the clientCert authentication method.");
            return Optional.empty();
        }
        List<X509Certificate> chain = Pem.certificates(content(user, "client-certificate", "client-cert"));
        List<LoadedKey> keys = Pem.keys(content(user, "client-key", "client-key"));
        if (chain.isEmpty() || keys.isEmpty()) {
            problems.add("no certificate or no key of user \"" + user.name + "\"");
            return Optional.empty();
        }
        return Optional.of(new ClientTls.Own(chain, keys.getFirst().secret()));
    }

    /// What a field's `-data` or its file holds; empty for neither.
    private String content(Named in, String field, String called) {
        String data = in.text(field + "-data");
        String path = in.text(field);
        if (!data.isEmpty() && !path.isEmpty()) {
            problems.add(called + "-data and " + called + " are both specified for " + in.name + ". " + called
                    + "-data will override.");
        }
        try {
            if (!data.isEmpty()) {
                return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8);
            }
            return path.isEmpty() ? "" : text(file.resolveSibling(path));
        } catch (IllegalArgumentException e) {
            problems.add(field + "-data of \"" + in.name + "\" is not base64");
        } catch (IOException e) {
            problems.add("unable to read " + called + " " + path + " for " + in.name + " due to "
                    + said("open", file.resolveSibling(path), e));
        }
        return "";
    }

    private static String text(Path from) throws IOException {
        return new String(bytes(from), StandardCharsets.UTF_8);
    }

    private WebhookKubeconfig.Credential credential(Named user) {
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
            problems.add(said("open", path, e));
        }
        return token;
    }
}
