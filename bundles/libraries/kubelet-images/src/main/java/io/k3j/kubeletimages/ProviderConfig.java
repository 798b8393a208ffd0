package io.k3j.kubeletimages;

import io.k3j.codec.DurationText;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.imageregistries.ImageName;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One entry of a `CredentialProviderConfig`
/// (<https://kubernetes.io/docs/reference/config-api/kubelet-config.v1/>). Immutable.
///
/// @param name that of the program in the directory of `--image-credential-provider-bin-dir`
/// @param images which ones it is asked for
/// @param cache how long its answer counts when it does not say
/// @param version of the request and the answer
/// @param arguments of the program
/// @param environment beside the kubelet's own
record ProviderConfig(String name, List<ImageMatch> images, Duration cache, String version, List<String> arguments,
        Map<String, String> environment) {
    private static final Set<String> CONFIG_VERSIONS = Set.of("kubelet.config.k8s.io/v1",
            "kubelet.config.k8s.io/v1beta1", "kubelet.config.k8s.io/v1alpha1");
    private static final Set<String> VERSIONS = Set.of("credentialprovider.kubelet.k8s.io/v1",
            "credentialprovider.kubelet.k8s.io/v1beta1", "credentialprovider.kubelet.k8s.io/v1alpha1");

    /// Reads a whole file, YAML or JSON.
    /// @throws MalformedInput that names all that is wrong
    static List<ProviderConfig> parse(byte[] text) {
        Struct document = Yaml.document(text).object();
        if (!CONFIG_VERSIONS.contains(document.text("apiVersion"))
                || !document.text("kind").equals("CredentialProviderConfig")) {
            throw new MalformedInput("it is no CredentialProviderConfig of kubelet.config.k8s.io/v1");
        }
        List<String> wrong = new ArrayList<>();
        List<ProviderConfig> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Struct provider : document.seq("providers").structs()) {
            check(provider, names, wrong);
            if (wrong.isEmpty()) {
                all.add(of(provider));
            }
        }
        if (document.seq("providers").structs().isEmpty()) {
            wrong.add("providers is empty");
        }
        if (!wrong.isEmpty()) {
            throw new MalformedInput(String.join("; ", wrong));
        }
        return all;
    }

    private static void check(Struct provider, Set<String> names, List<String> wrong) {
        String name = provider.text("name");
        String about = "provider \"" + name + "\": ";
        if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0
                || name.chars().anyMatch(Character::isWhitespace)) {
            wrong.add(about + "the name has to be that of a program in the directory of providers");
        }
        if (!names.add(name)) {
            wrong.add(about + "the name is there twice");
        }
        if (provider.seq("matchImages").texts().isEmpty()) {
            wrong.add(about + "matchImages is missing");
        }
        if (!VERSIONS.contains(provider.text("apiVersion"))) {
            wrong.add(about + "apiVersion \"" + provider.text("apiVersion") + "\" is none of credentialprovider.kubelet"
                    + ".k8s.io/v1, v1beta1, v1alpha1");
        }
        if (provider.has("tokenAttributes")) {
            wrong.add(about + "tokenAttributes: tokens of service accounts are not given to providers");
        }
        try {
            if (nanos(provider.text("defaultCacheDuration")) < 0) {
                wrong.add(about + "defaultCacheDuration is negative");
            }
        } catch (IllegalArgumentException e) {
            wrong.add(about + "defaultCacheDuration has to be a duration such as 12h");
        }
    }

    /// @throws IllegalArgumentException when it is none
    static long nanos(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("not a duration");
        }
        return DurationText.nanos(text);
    }

    private static ProviderConfig of(Struct provider) {
        Map<String, String> environment = new LinkedHashMap<>();
        provider.seq("env").structs().forEach(e -> environment.put(e.text("name"), e.text("value")));
        return new ProviderConfig(provider.text("name"),
                provider.seq("matchImages").texts().stream().map(ImageMatch::parse).toList(),
                Duration.ofNanos(nanos(provider.text("defaultCacheDuration"))), provider.text("apiVersion"),
                provider.seq("args").texts(), Map.copyOf(environment));
    }

    boolean asked(ImageName image) {
        return images.stream().anyMatch(i -> i.matches(image));
    }
}
