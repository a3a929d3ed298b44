/** No test calls out: a connection to anything but loopback fails at once, and says where it was going. */
import net from "node:net";

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|localhost|\[::1\])$/;

const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function guarded(this: net.Socket, ...args: unknown[]): net.Socket {
  const [first] = args.flat() as { host?: string; path?: string; port?: number }[];
  const options =
    typeof first === "object" && first !== null ? first : { host: args[1] as string | undefined };
  const host = options.host ?? "localhost";
  if (options.path === undefined && !LOOPBACK.test(host)) {
    throw new Error(`a test tried to reach ${host}: only loopback is allowed`);
  }
  return connect.apply(this, args as never);
} as typeof connect;
