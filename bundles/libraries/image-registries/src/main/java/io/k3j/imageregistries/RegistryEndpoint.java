package io.k3j.imageregistries;

import io.k3j.codec.MalformedInput;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;

/// One address that images of a registry are asked of. Immutable.
///
/// @param base as `https://mirror.example:5000/v2`, without a slash at its end
/// @param overridden whether the path was given, and is not the usual `/v2`
/// @param rewrites in the order of the file; the first that changes a name counts
record RegistryEndpoint(URI base, boolean overridden, List<RepositoryRewrite> rewrites) {
    private static final String USUAL_PATH = "/v2";
    private static final String DOCKER_HOST = "registry-1.docker.io";

    /// Reads a URL of the file. Without a scheme it is https; http on this machine itself, except on 443.
    /// @throws MalformedInput when it names no host, or has more than a path
    static RegistryEndpoint of(String given, List<RepositoryRewrite> rewrites) {
        String text = given.contains("://") ? given : (plain(given) ? "http://" : "https://") + given;
        URI url;
        try {
            url = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw malformed(given);
        }
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!http || url.getHost() == null || url.getUserInfo() != null || url.getQuery() != null
                || url.getFragment() != null) {
            throw malformed(given);
        }
        String path = url.getRawPath() == null ? "" : url.getRawPath();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        boolean usual = path.isEmpty() || path.equals(USUAL_PATH);
        String host = ImageName.DOCKER.equals(url.getAuthority()) ? DOCKER_HOST : url.getAuthority();
        return new RegistryEndpoint(URI.create(url.getScheme() + "://" + host + (usual ? USUAL_PATH : path)), !usual,
                rewrites);
    }

    private static MalformedInput malformed(String given) {
        return new MalformedInput("endpoint \"" + given.replaceFirst("://[^/@]*@", "://…@")
                + "\" is no URL such as https://registry.example.com:5000");
    }

    /// Whether plain HTTP is spoken with it unless something else is said: this machine itself.
    private static boolean plain(String authority) {
        String host = authority.replaceFirst("/.*", "");
        boolean port = !name(host).equals(host) && !host.endsWith(":443");
        return port && local(host);
    }

    /// Whether a registry is on this machine itself.
    ///
    /// @param host with or without a port
    static boolean local(String host) {
        String name = name(host);
        return name.equals("localhost") || loopback(name);
    }

    private static String name(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static boolean loopback(String name) {
        try {
            return InetAddress.ofLiteral(name.replace("[", "").replace("]", "")).isLoopbackAddress();
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }

    /// What `configs` calls it: host with port, Docker's own by its short name.
    String host() {
        return DOCKER_HOST.equals(base.getAuthority()) ? ImageName.DOCKER : base.getAuthority();
    }

    /// Its name for a repository.
    String rewritten(String repository) {
        return rewrites.stream().map(r -> r.apply(repository)).filter(r -> !r.equals(repository)).findFirst()
                .orElse(repository);
    }
}
