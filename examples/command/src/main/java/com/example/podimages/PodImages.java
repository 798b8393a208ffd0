package com.example.podimages;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// The words `images:used` and `images:pods`. Made when the first of them is typed. Asks the API each time; what that
/// refuses is the complaint that the operator sees. Called by the threads of several sessions.
@Component(service = PodImages.class, property = {"osgi.command.scope=images", "osgi.command.function=used",
        "osgi.command.function=pods"})
public final class PodImages {
    static final Gvr PODS = new Gvr("", "v1", "pods");
    private final ApiClient api;

    /// Asks nothing yet.
    @Activate
    public PodImages(@Reference ApiClient api) {
        this.api = api;
    }

    /// The images of all pods.
    public String used() {
        return counted(Query.ALL);
    }

    /// Those of a namespace.
    public String used(String namespace) {
        return counted(Query.in(namespace));
    }

    /// The pods with a container of an image, named as they name it.
    public String pods(String image) {
        List<String> pods = api.list(PODS, Query.ALL).items().stream()
                .filter(pod -> images(pod).anyMatch(image::equals)).map(pod -> pod.key().toString()).sorted().toList();
        return pods.isEmpty() ? "no pod has " + image : String.join("\n", pods);
    }

    private String counted(Query query) {
        Map<String, Long> counts = api.list(PODS, query).items().stream().flatMap(PodImages::images)
                .collect(Collectors.groupingBy(image -> image, TreeMap::new, Collectors.counting()));
        return counts.isEmpty() ? "no pods" : counts.entrySet().stream()
                .map(image -> image.getValue() + "  " + image.getKey()).collect(Collectors.joining("\n"));
    }

    private static Stream<String> images(Obj pod) {
        Struct spec = pod.spec();
        return Stream.of("initContainers", "containers", "ephemeralContainers")
                .flatMap(containers -> spec.seq(containers).structs().stream())
                .map(container -> container.text("image"));
    }
}
