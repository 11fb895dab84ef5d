/** Starts the page: takes the login code out of the address bar first, then shows something. */
import { render } from 'preact'
import { createApi } from './api.ts'
import { App } from './app.tsx'
import { browserAddressBar, takeLoginCode } from './login-fragment.ts'
import { browserTabs, tabProof } from './proof.ts'
import './styles/theme.css'
import './styles/login.css'
import './styles/chat.css'
import './styles/account.css'
import './styles/people.css'

const code = takeLoginCode(browserAddressBar())
const proof = tabProof(window.sessionStorage, browserTabs())
const loggedOut = new EventTarget()
const api = createApi({
  fetch: (path, init) => window.fetch(path, init),
  proof,
  onLoggedOut: () => loggedOut.dispatchEvent(new Event('change')),
})

const root = document.getElementById('page')
if (root === null) throw new Error('index.html has no element #page')
render(<App api={api} code={code} hadProof={proof.get() !== null} loggedOut={loggedOut} />, root)
