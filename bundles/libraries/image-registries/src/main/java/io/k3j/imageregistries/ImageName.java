package io.k3j.imageregistries;

import java.util.Locale;

/// The name of an image, in full, by the rules of Docker's reference library: `busybox` is
/// `docker.io/library/busybox:latest`. Immutable; not checked beyond its parts.
///
/// @param registry host with its port, as `docker.io`
/// @param repository as `library/busybox`
/// @param tag empty when a digest alone names it
/// @param digest as `sha256:…`, or empty
public record ImageName(String registry, String repository, String tag, String digest) {
    /// The registry of names without one.
    public static final String DOCKER = "docker.io";
    private static final String OLD_DOCKER = "index.docker.io";
    private static final String LIBRARY = "library/";

    /// Reads what stands in a pod. Never fails: a registry will refuse what is no name.
    public static ImageName parse(String text) {
        int at = text.indexOf('@');
        String digest = at < 0 ? "" : text.substring(at + 1);
        String rest = at < 0 ? text : text.substring(0, at);
        int colon = rest.lastIndexOf(':');
        boolean tagged = colon > rest.lastIndexOf('/');
        String tag = tagged ? rest.substring(colon + 1) : digest.isEmpty() ? "latest" : "";
        String path = tagged ? rest.substring(0, colon) : rest;
        int slash = path.indexOf('/');
        String first = slash < 0 ? "" : path.substring(0, slash);
        if (!registry(first)) {
            return new ImageName(DOCKER, path.indexOf('/') < 0 ? LIBRARY + path : path, tag, digest);
        }
        String host = first.equals(OLD_DOCKER) ? DOCKER : first;
        String repository = path.substring(slash + 1);
        boolean official = host.equals(DOCKER) && repository.indexOf('/') < 0;
        return new ImageName(host, official ? LIBRARY + repository : repository, tag, digest);
    }

    /// Whether the first part of a name is a registry: it has a dot, a port or capitals, or is `localhost`.
    private static boolean registry(String first) {
        return first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost")
                || !first.equals(first.toLowerCase(Locale.ROOT));
    }

    /// Registry and repository, without tag and digest: what failures are kept by.
    public String place() {
        return registry + "/" + repository;
    }

    /// In full, as containerd keeps it.
    @Override
    public String toString() {
        return place() + (tag.isEmpty() ? "" : ":" + tag) + (digest.isEmpty() ? "" : "@" + digest);
    }
}
