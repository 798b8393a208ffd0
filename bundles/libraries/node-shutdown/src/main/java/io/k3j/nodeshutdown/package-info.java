/// Shutdowns of the machine wait for its pods, as upstream's `pkg/kubelet/nodeshutdown`: [ShutdownInhibitor] holds a
/// shutdown back and hears of it by systemd-logind, [NodeShutdown] ends the pods, the least important first:
/// <https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown>.
///
/// **Threads.** [NodeShutdown#run] takes one, which waits in native code; all else is for any. **Blocking.** As long as
/// pods have to end. **Errors.** What keeps a shutdown from waiting is logged once and tried again every minute.
@NullMarked
package io.k3j.nodeshutdown;

import org.jspecify.annotations.NullMarked;
