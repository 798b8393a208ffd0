package io.k3j.corevalidation;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What can be wrong with a projected volume, several sources in one directory, as upstream's
/// `validateProjectedVolumeSource`. Pure.
///
/// | field | what must be so |
/// |---|---|
/// | `sources[]` | one source per entry, no path twice |
/// | `secret`, `configMap` | a name; items as in a volume of their own |
/// | `downwardAPI` | see [DownwardProblems] |
/// | `serviceAccountToken` | a relative path, and a life of ten minutes or longer |
/// | `clusterTrustBundle`, `podCertificate` | see [TrustBundleProblems] and [PodCertificateProblems] |
final class ProjectedProblems {
    private static final String DOWNWARD = "downwardAPI";
    private static final String TOKEN = "serviceAccountToken";
    private static final String BUNDLE = "clusterTrustBundle";
    private static final String CERTIFICATE = "podCertificate";
    private static final String SECONDS = "expirationSeconds";
    private static final long SHORTEST = 600;
    private static final long LONGEST = 1L << 32;

    private ProjectedProblems() {
    }

    /// @param p where the volume stands, as `volumes[0].projected`
    static void check(Struct projected, Problems p) {
        VolumeProblems.mode(projected, "defaultMode", p);
        Seq sources = projected.seq("sources");
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < sources.size() && !p.full(); i++) {
            source(sources.struct(i), p.at("sources", i), p, paths);
        }
    }

    private static void source(Struct s, Problems at, Problems p, Set<String> paths) {
        for (String named : List.of("secret", "configMap")) {
            if (s.has(named)) {
                at.at(named).present(s.struct(named), "name");
                VolumeProblems.items(s.struct(named), at.at(named));
                uniquePaths(s.struct(named), s.struct(named).text("name"), paths, p);
            }
        }
        if (s.has(DOWNWARD)) {
            DownwardProblems.check(s.struct(DOWNWARD), at.at(DOWNWARD));
            uniquePaths(s.struct(DOWNWARD), "", paths, p);
        }
        if (s.has(TOKEN)) {
            token(s.struct(TOKEN), at.at(TOKEN), p);
        }
        if (s.has(BUNDLE)) {
            TrustBundleProblems.check(s.struct(BUNDLE), at.at(BUNDLE));
            unique(s.struct(BUNDLE).text("path"), s.struct(BUNDLE).text("path"), paths, p);
        }
        if (s.has(CERTIFICATE)) {
            PodCertificateProblems.check(s.struct(CERTIFICATE), at.at(CERTIFICATE));
            PodCertificateProblems.PATHS.stream().map(path -> s.struct(CERTIFICATE).text(path))
                    .filter(path -> !path.isEmpty()).forEach(path -> unique(path, path, paths, p));
        }
        if (s.size() > 1) {
            at.forbidden("may not specify more than 1 volume type per source");
        }
    }

    /// A token lives at least ten minutes, which is also the least that a TokenRequest may ask for.
    ///
    /// @param p the place of the volume, at which upstream tells what is wrong with the path
    private static void token(Struct token, Problems at, Problems p) {
        long seconds = token.whole(SECONDS, 3600);
        if (seconds < SHORTEST) {
            at.at(SECONDS).invalid(seconds, "may not specify a duration less than 10 minutes");
        } else if (seconds > LONGEST) {
            at.at(SECONDS).invalid(seconds, "may not specify a duration larger than 2^32 seconds");
        }
        if (p.present(token, "path")) {
            VolumeProblems.file(token.text("path"), p.at("path"));
        }
    }

    /// No two files of a projected volume at one path, as far as they are named.
    ///
    /// @param name of the object, which upstream shows in place of the path
    private static void uniquePaths(Struct source, String name, Set<String> paths, Problems p) {
        for (String path : source.seq("items").structs().stream().map(item -> item.text("path")).toList()) {
            if (!path.isEmpty()) {
                unique(path, name.isEmpty() ? path : name, paths, p);
            }
        }
    }

    private static void unique(String path, String shown, Set<String> paths, Problems p) {
        if (!paths.add(path)) {
            p.invalid(shown, "conflicting duplicate paths");
        }
    }
}
