/// `k3s agent` on a machine of its own, joined to `k3s server` on another.
package io.k3j.agentitest;
