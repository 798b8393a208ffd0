package io.k3j.kubeletserver;

import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.imageregistries.ImageName;
import io.k3j.kubeletcadvisor.CadvisorMetrics;
import io.k3j.kubeletcadvisor.CadvisorNode;
import io.k3j.kubeletcadvisor.CadvisorPod;
import io.k3j.kubeletserver.KubeletServer.Refusal;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.RuntimeFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// `/metrics/cadvisor`: what [CadvisorMetrics] measures, of the pods that the kubelet has. Any thread; blocks for the
/// kernel's files, and for the runtime until it has told once what image sandboxes are made of.
final class CadvisorPage {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// Scrapes that are answered at once: each holds what it has measured until its client has taken the last of it.
    static final int MOST_SCRAPES = 4;
    /// Characters of an image's name. No image has a longer one (255 of registry and repository, 128 of a tag, a
    /// digest), but a pod may be given any text while its containers run, and it stands in each of their lines.
    static final int MOST_IMAGE = 512;
    private static final String PAUSE = "pause";
    private final KubeletHost host;
    private final CadvisorMetrics metrics;
    private final Semaphore turns = new Semaphore(MOST_SCRAPES);
    private volatile String sandboxImage = "";

    /// Reads nothing yet.
    /// @param root `/`, below which the kernel's files are
    CadvisorPage(KubeletHost host, Path root) {
        this.host = host;
        metrics = new CadvisorMetrics(root, host.clock());
    }

    /// Answers a scrape.
    /// @throws Refusal with 429 when there are too many at once
    void serve(Exchange x) throws IOException {
        if (!turns.tryAcquire()) {
            throw new Refusal(429, "this node answers " + MOST_SCRAPES
                    + " scrapes of cAdvisor's metrics at once; try again\n");
        }
        try {
            send(x, node());
        } finally {
            turns.release();
        }
    }

    /// Family by family: the text of a large node has tens of megabytes, and its client may be slow.
    private void send(Exchange x, CadvisorNode node) throws IOException {
        ResponseStream out = x.stream(200, Map.of("content-type", MetricText.CONTENT_TYPE));
        try {
            metrics.write(node, family -> out.write(family.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException | RuntimeException e) {
            out.abort();
            throw e;
        }
        out.close();
    }

    private CadvisorNode node() {
        Struct configuration = host.configuration();
        String above = configuration.text("cgroupRoot", "/");
        String image = host.pods().isEmpty() ? "" : sandboxImage();
        return new CadvisorNode(configuration.text("cgroupDriver"),
                (above.equals("/") ? "" : above) + "/kubepods", host.rootDir(),
                host.pods().stream().map(pod -> pod(pod, image)).toList());
    }

    private static CadvisorPod pod(HostedPod hosted, String sandboxImage) {
        Obj pod = hosted.pod();
        PodRuntime runtime = hosted.runtime();
        List<CadvisorPod.Part> parts = new ArrayList<>();
        runtime.sandboxes().forEach(s -> parts.add(new CadvisorPod.Part(s.id(), "", sandboxImage)));
        for (Container c : runtime.all()) {
            String name = c.labels().getOrDefault(Labels.CONTAINER, c.name());
            parts.add(new CadvisorPod.Part(c.id(), name, image(PodSpecs.container(pod, name).text("image"))));
        }
        return new CadvisorPod(pod.uid(), pod.namespace(), pod.name(), parts);
    }

    /// As the runtime names it. A container that the pod does not name any more has none.
    private static String image(String name) {
        return name.isEmpty() || name.length() > MOST_IMAGE ? "" : ImageName.parse(name).toString();
    }

    /// The one with `pause` in its name among those that the runtime keeps whatever happens: CRI does not tell what a
    /// sandbox was made of. Empty where there is none of that name.
    private String sandboxImage() {
        if (sandboxImage.isEmpty()) {
            try {
                sandboxImage = host.runtime().images().list().stream().filter(Image::pinned)
                        .flatMap(image -> image.tags().stream()).filter(CadvisorPage::pause).findFirst().orElse("");
            } catch (RuntimeFault e) {
                LOG.log(System.Logger.Level.DEBUG, "The runtime tells nothing of images error={0}", e.getMessage());
            }
        }
        return sandboxImage;
    }

    private static boolean pause(String tag) {
        String repository = ImageName.parse(tag).repository();
        return repository.substring(repository.lastIndexOf('/') + 1).contains(PAUSE);
    }
}
