package io.k3j.image;

/// How the image is run unless said otherwise: as K3s' own image, so that what starts that one starts this one. See
/// <https://github.com/opencontainers/image-spec/blob/main/config.md>.
final class ImageConfig {
    private ImageConfig() {
    }

    /// The `config` object, as JSON.
    static String json(String version) {
        return """
                {"Entrypoint":["/bin/k3s"],"Cmd":["agent"],"Env":[\
                "PATH=/var/lib/rancher/k3s/data/cni:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:\
                /bin/aux",\
                "CRI_CONFIG_FILE=/var/lib/rancher/k3s/agent/etc/crictl.yaml"],\
                "Volumes":{"/var/lib/cni":{},"/var/lib/kubelet":{},"/var/lib/rancher/k3s":{},"/var/log":{}},\
                "Labels":{"org.opencontainers.image.title":"K3j","org.opencontainers.image.version":"%s"}}"""
                .formatted(version);
    }
}
