package io.k3j.kubeletimages;

import io.k3j.imageregistries.ImageName;
import java.util.Comparator;

/// For which images credentials are: host with globs, port, beginning of a path, as `*.azurecr.io` and
/// `registry.io:8080/team`. Rules: `matchImages` of
/// <https://kubernetes.io/docs/tasks/administer-cluster/kubelet-credential-provider/>. Immutable.
///
/// @param host its parts are compared one by one; a glob matches within one
/// @param port empty when none is given; then the image must have none, too
/// @param path what a repository begins with, or empty
record ImageMatch(String host, String port, String path) {
    /// The most specific one first, as upstream orders them.
    static final Comparator<String> SPECIFIC_FIRST = Comparator.reverseOrder();

    /// Reads it; a scheme and the path of an API version, as `docker login` writes them, are left out.
    static ImageMatch parse(String text) {
        String rest = text.contains("://") ? text.substring(text.indexOf("://") + 3) : text;
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "" : rest.substring(slash);
        if (path.startsWith("/v1/") || path.startsWith("/v2/")) {
            path = path.substring("/v1".length());
        }
        int colon = authority.lastIndexOf(':');
        boolean port = colon > authority.lastIndexOf(']');
        String host = port ? authority.substring(0, colon) : authority;
        return new ImageMatch(host.equals("index.docker.io") ? ImageName.DOCKER : host,
                port ? authority.substring(colon + 1) : "", path.equals("/") ? "" : path);
    }

    /// Whether it is for this image.
    boolean matches(ImageName image) {
        ImageMatch its = parse(image.place());
        if (!port.equals(its.port) || !its.path.startsWith(path)) {
            return false;
        }
        String[] wanted = host.split("\\.", -1);
        String[] parts = its.host.split("\\.", -1);
        if (wanted.length != parts.length) {
            return false;
        }
        for (int i = 0; i < wanted.length; i++) {
            if (!glob(wanted[i], parts[i])) {
                return false;
            }
        }
        return true;
    }

    /// `*` and `?` only; linear but for the number of stars.
    private static boolean glob(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))
                    && pattern.charAt(p) != '*') {
                p++;
                t++;
            } else if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                mark = t;
            } else if (star >= 0) {
                p = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
