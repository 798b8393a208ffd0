package io.k3j.kubeletvolumes;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;

/// Where the files of `configMap`, `secret`, `downwardAPI` and `projected` volumes come from. Any thread; blocks while
/// objects are read.
@FunctionalInterface
public interface VolumeFiles {
    /// A file.
    ///
    /// @param bytes what it holds; never changed by anyone
    /// @param mode its permissions; as of chmod(2), without the type; more is added where a group needs it
    /// @param owner numeric user it belongs to, -1 for root
    record Content(byte[] bytes, int mode, long owner) {
        /// Of root's, as everything but a token is.
        public Content(byte[] bytes, int mode) {
            this(bytes, mode, -1);
        }
    }

    /// The files a volume shows, by path.
    /// @param volume one of `spec.volumes`, of one of the four kinds
    /// @param addresses of the pod, which `status.podIP` shows; empty before it has any
    /// @return by path relative to the volume's top; a later source wins over an earlier one
    /// @throws io.k3j.kuberuntime.ConfigError when something needed is missing, or the volume would hold too much
    Map<String, Content> of(Obj pod, Struct volume, List<String> addresses);
}
