package io.k3j.kindrules;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;

/// Warnings for files of one volume that lie on or below each other, of which a node writes one only: upstream's
/// `warningsForOverlappingVirtualPaths`. Pure; any thread.
public final class PathOverlaps {
    private static final String PROJECTED = "Projected";

    /// A file, and what it comes from where a volume has several sources.
    private record VirtualPath(String path, String source) {
        /// What the paths of all that lies on it or below it begin with, if a slash follows them.
        String head() {
            return path + "/";
        }

        @Override
        public String toString() {
            return source.isEmpty() ? "\"" + path + "\"" : "\"" + path + "\" (" + source + ")";
        }
    }

    /// Places of two files that overlap.
    private record Pair(int later, int earlier) {
    }

    private PathOverlaps() {
    }

    /// Adds the warnings; no more than are worth reading.
    ///
    /// @param volumes of a pod
    public static void warn(Seq volumes, List<String> all) {
        for (Struct v : volumes.structs()) {
            String name = v.text("name");
            Struct map = v.struct("configMap");
            Struct secret = v.struct("secret");
            within(name, "ConfigMap \"" + map.text("name") + "\"", files(map, ""), all);
            within(name, "Secret \"" + secret.text("secretName") + "\"", files(secret, ""), all);
            within(name, "DownwardAPI", files(v.struct("downwardAPI"), ""), all);
            List<VirtualPath> projected = new ArrayList<>();
            for (Struct source : v.struct("projected").seq("sources").structs()) {
                if (source.isEmpty()) {
                    all.add("volume \"" + name + "\" (Projected) has no sources provided");
                }
                projected.addAll(projected(source));
            }
            within(name, PROJECTED, projected, all);
        }
    }

    private static List<VirtualPath> projected(Struct source) {
        Struct bundle = source.struct("clusterTrustBundle");
        Struct certificate = source.struct("podCertificate");
        Struct map = source.struct("configMap");
        Struct secret = source.struct("secret");
        List<VirtualPath> all = new ArrayList<>();
        all.addAll(files(map, "ConfigMap \"" + map.text("name") + "\""));
        all.addAll(files(secret, "Secret \"" + secret.text("name") + "\""));
        all.addAll(files(source.struct("downwardAPI"), "DownwardAPI"));
        file(source.struct("serviceAccountToken"), "path", "ServiceAccountToken", all);
        file(bundle, "path", "ClusterTrustBundle \"" + bundle.text("name", bundle.text("signerName")) + "\"", all);
        file(certificate, "certificateChainPath", "PodCertificate chain", all);
        file(certificate, "keyPath", "PodCertificate key", all);
        file(certificate, "credentialBundlePath", "PodCertificate credential bundle", all);
        return all;
    }

    private static List<VirtualPath> files(Struct of, String source) {
        List<VirtualPath> all = new ArrayList<>();
        of.seq("items").structs().forEach(item -> file(item, "path", source, all));
        return all;
    }

    private static void file(Struct of, String field, String source, List<VirtualPath> to) {
        if (!of.text(field).isEmpty()) {
            to.add(new VirtualPath(trimmed(of.text(field)), source));
        }
    }

    private static String trimmed(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    private static void within(String volume, String what, List<VirtualPath> paths, List<String> all) {
        for (Pair pair : pairs(paths, Problems.MOST + 1 - all.size())) {
            all.add("volume \"" + volume + "\" (" + what + "): overlapping paths: " + paths.get(pair.later) + " with "
                    + paths.get(pair.earlier));
        }
    }

    /// In the order of the files; some of them where there are more. A volume may have a hundred thousand files:
    /// sorted, each follows what it lies below, so that no other ones are compared.
    private static List<Pair> pairs(List<VirtualPath> paths, int most) {
        List<Integer> sorted = IntStream.range(0, paths.size()).filter(i -> !paths.get(i).path.isEmpty()).boxed()
                .sorted(Comparator.comparing(i -> paths.get(i).head())).toList();
        Deque<Integer> above = new ArrayDeque<>();
        List<Pair> found = new ArrayList<>();
        for (int i : sorted) {
            while (!above.isEmpty() && !paths.get(i).head().startsWith(paths.get(above.peek()).head())) {
                above.pop();
            }
            for (int other : above) {
                if (found.size() < most) {
                    found.add(new Pair(Math.max(i, other), Math.min(i, other)));
                }
            }
            if (found.size() >= most) {
                break;
            }
            above.push(i);
        }
        found.sort(Comparator.comparingInt(Pair::later).thenComparingInt(Pair::earlier));
        return found;
    }
}
