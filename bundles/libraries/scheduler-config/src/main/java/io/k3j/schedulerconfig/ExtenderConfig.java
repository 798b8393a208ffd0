package io.k3j.schedulerconfig;

import java.net.URI;
import java.time.Duration;
import java.util.Set;

/// A process that is asked besides the plug-ins, by HTTP: upstream's extender. See
/// <https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/#kubescheduler-config-k8s-io-v1-Extender>.
///
/// @param url where it is, without a slash at its end
/// @param verbs what is asked, and below which name
/// @param weight of its scores
/// @param timeout of one question
/// @param nodeCacheCapable whether it knows nodes by their names
/// @param managedResources of which pods have to ask for one for it to be asked; empty for all pods
/// @param ignorable whether pods are scheduled without it when it fails
/// @param tls for `https`
public record ExtenderConfig(URI url, Verbs verbs, long weight, Duration timeout, boolean nodeCacheCapable,
        Set<String> managedResources, boolean ignorable, Tls tls) {
    /// Copies the set.
    public ExtenderConfig {
        managedResources = Set.copyOf(managedResources);
    }

    /// What is added to the URL; empty for what it is not asked.
    public record Verbs(String filter, String prioritize, String preempt, String bind) {
    }

    /// Whom to believe and what to show, as PEM.
    ///
    /// @param insecure whether anybody is believed who answers
    /// @param authorities empty for those of the machine
    /// @param certificate empty for none
    /// @param key of the certificate
    public record Tls(boolean insecure, String authorities, String certificate, String key) {
        /// That of a browser.
        public static final Tls NONE = new Tls(false, "", "", "");

        @Override
        public String toString() {
            return "Tls[insecure=" + insecure + "]";
        }
    }
}
